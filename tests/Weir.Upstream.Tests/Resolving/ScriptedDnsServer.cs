using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Weir.Upstream.Tests.Resolving;

/// <summary>A name server on a free loopback port that answers, over UDP and TCP, what the test's function says; null is silence.</summary>
internal sealed class ScriptedDnsServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _udp;
    private readonly Socket _tcp;
    private readonly Task _udpTask;
    private readonly Task _tcpTask;
    private readonly Channel<DnsTestQuery> _arrivals = Channel.CreateUnbounded<DnsTestQuery>();

    private ScriptedDnsServer(Socket udp, Socket tcp, Func<DnsTestQuery, byte[]?> script)
    {
        _udp = udp;
        _tcp = tcp;
        Script = script;
        EndPoint = (IPEndPoint)udp.LocalEndPoint!;
        _udpTask = ServeUdpAsync();
        _tcpTask = ServeTcpAsync();
    }

    /// <summary>May be replaced at any time.</summary>
    public Func<DnsTestQuery, byte[]?> Script { get; set; }

    public IPEndPoint EndPoint { get; }

    /// <summary>Every query so far.</summary>
    public ConcurrentQueue<DnsTestQuery> Queries { get; } = new();

    public static ScriptedDnsServer Start(Func<DnsTestQuery, byte[]?> script)
    {
        while (true)
        {
            Socket tcp = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            tcp.Bind(new IPEndPoint(IPAddress.Loopback, 0));
            tcp.Listen();
            Socket udp = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            try
            {
                udp.Bind(tcp.LocalEndPoint!);
                return new ScriptedDnsServer(udp, tcp, script);
            }
            catch (SocketException)
            {
                tcp.Dispose();
                udp.Dispose();
            }
        }
    }

    /// <summary>The next query that the test has not seen.</summary>
    public async Task<DnsTestQuery> NextAsync() => await _arrivals.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(20));

    /// <summary>Sends a datagram from the server's own address.</summary>
    public void Send(byte[] octets, IPEndPoint to) => _udp.SendTo(octets, to);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _udpTask;
        await _tcpTask;
        _udp.Dispose();
        _tcp.Dispose();
        _stop.Dispose();
    }

    private byte[]? Answer(byte[] octets, bool isTcp, IPEndPoint from)
    {
        DnsTestQuery query = DnsTestQuery.Read(octets, isTcp, from);
        Queries.Enqueue(query);
        byte[]? answer = Script(query);
        _arrivals.Writer.TryWrite(query);
        return answer;
    }

    private async Task ServeUdpAsync()
    {
        byte[] buffer = new byte[4096];
        try
        {
            while (true)
            {
                IPEndPoint anyone = new(IPAddress.Any, 0);
                SocketReceiveFromResult received = await _udp.ReceiveFromAsync(buffer.AsMemory(), anyone, _stop.Token);
                byte[]? answer = Answer(buffer[..received.ReceivedBytes], isTcp: false, (IPEndPoint)received.RemoteEndPoint);
                if (answer is not null)
                {
                    await _udp.SendToAsync(answer, received.RemoteEndPoint);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task ServeTcpAsync()
    {
        try
        {
            while (true)
            {
                using Socket connection = await _tcp.AcceptAsync(_stop.Token);
                byte[] prefix = new byte[2];
                await ReceiveAllAsync(connection, prefix);
                byte[] octets = new byte[BinaryPrimitives.ReadUInt16BigEndian(prefix)];
                await ReceiveAllAsync(connection, octets);
                byte[]? answer = Answer(octets, isTcp: true, (IPEndPoint)connection.RemoteEndPoint!);
                if (answer is not null)
                {
                    BinaryPrimitives.WriteUInt16BigEndian(prefix, (ushort)answer.Length);
                    await connection.SendAsync(prefix, _stop.Token);
                    await connection.SendAsync(answer, _stop.Token);
                }
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task ReceiveAllAsync(Socket connection, byte[] octets)
    {
        for (int at = 0; at < octets.Length;)
        {
            int received = await connection.ReceiveAsync(octets.AsMemory(at), _stop.Token);
            received.ShouldBePositive();
            at += received;
        }
    }
}
