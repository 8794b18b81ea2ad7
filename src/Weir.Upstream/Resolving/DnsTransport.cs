using System.Buffers;
using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace Weir.Upstream.Resolving;

/// <summary>One query to one server, over UDP or TCP. Runs on worker threads; sockets live for one query.</summary>
internal sealed class DnsTransport
{
    // More datagrams than this that are not ours, within one query, are a flood; the next server is asked.
    private const int MaxForeignDatagrams = 64;
    private const int ReceiveLength = 4096;

    private readonly DnsCounters _counters;

    public DnsTransport(DnsCounters counters) => _counters = counters;

    /// <summary>
    /// Asks and waits until cancelled. The message is null when the server's answer was unusable; the defect says how.
    /// Throws <see cref="SocketException"/> or <see cref="OperationCanceledException"/> as the platform does: the caller converts.
    /// </summary>
    public async ValueTask<(DnsMessage? Message, DnsDefect Defect)> AskAsync(DnsExchange exchange, CancellationToken cancellation)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(exchange.UsesTcp ? 2 + ushort.MaxValue : ReceiveLength);
        try
        {
            _counters.CountQuery(exchange.UsesTcp);
            return exchange.UsesTcp
                ? await AskTcpAsync(exchange, buffer, cancellation)
                : await AskUdpAsync(exchange, buffer, cancellation);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private async ValueTask<(DnsMessage?, DnsDefect)> AskUdpAsync(DnsExchange exchange, byte[] buffer, CancellationToken cancellation)
    {
        // RFC 5452 section 9.2: a new socket takes an unpredictable port from the kernel; being connected, it hears this server only.
        using Socket socket = new(exchange.Server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(exchange.Server, cancellation);
        ushort id = NewId();
        int length = exchange.WriteQuery(buffer, id);
        await socket.SendAsync(buffer.AsMemory(0, length), SocketFlags.None, cancellation);
        DnsDefect defect = DnsDefect.None;
        for (int i = 0; i < MaxForeignDatagrams; i++)
        {
            int received = await socket.ReceiveAsync(buffer.AsMemory(), SocketFlags.None, cancellation);
            defect = DnsMessage.TryRead(buffer.AsSpan(0, received), id, exchange.Question, out DnsMessage? message);

            // RFC 5452 section 9.1: what does not match is dropped and the wait goes on; to give up would let a forger end it.
            if (defect is DnsDefect.WrongId or DnsDefect.WrongQuestion or DnsDefect.NotAnAnswer or DnsDefect.TooShort)
            {
                _counters.CountForeignDatagram();
                continue;
            }

            return (message, defect);
        }

        return (null, defect);
    }

    private static async ValueTask<(DnsMessage?, DnsDefect)> AskTcpAsync(
        DnsExchange exchange, byte[] buffer, CancellationToken cancellation)
    {
        using Socket socket = new(exchange.Server.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        socket.NoDelay = true;
        await socket.ConnectAsync(exchange.Server, cancellation);

        // RFC 1035 section 4.2.2: two octets of length; RFC 7766 section 8: sent together with the message.
        ushort id = NewId();
        int length = exchange.WriteQuery(buffer.AsSpan(2), id);
        BinaryPrimitives.WriteUInt16BigEndian(buffer, (ushort)length);
        await SendAllAsync(socket, buffer.AsMemory(0, length + 2), cancellation);
        if (!await ReceiveAllAsync(socket, buffer.AsMemory(0, 2), cancellation))
        {
            return (null, DnsDefect.CutShort);
        }

        int answerLength = BinaryPrimitives.ReadUInt16BigEndian(buffer);
        if (!await ReceiveAllAsync(socket, buffer.AsMemory(0, answerLength), cancellation))
        {
            return (null, DnsDefect.CutShort);
        }

        DnsDefect defect = DnsMessage.TryRead(buffer.AsSpan(0, answerLength), id, exchange.Question, out DnsMessage? message);
        return message is { IsTruncated: true } ? (null, DnsDefect.CutShort) : (message, defect);
    }

    private static async ValueTask SendAllAsync(Socket socket, ReadOnlyMemory<byte> octets, CancellationToken cancellation)
    {
        while (octets.Length > 0)
        {
            octets = octets[await socket.SendAsync(octets, SocketFlags.None, cancellation)..];
        }
    }

    private static async ValueTask<bool> ReceiveAllAsync(Socket socket, Memory<byte> octets, CancellationToken cancellation)
    {
        while (octets.Length > 0)
        {
            int received = await socket.ReceiveAsync(octets, SocketFlags.None, cancellation);
            if (received == 0)
            {
                return false;
            }

            octets = octets[received..];
        }

        return true;
    }

    private static ushort NewId()
    {
        Span<byte> octets = stackalloc byte[2];
        RandomNumberGenerator.Fill(octets);
        return BinaryPrimitives.ReadUInt16BigEndian(octets);
    }
}
