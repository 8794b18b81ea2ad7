using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Weir.Http.Http2;

namespace Weir.Interop.Tests.Peers;

/// <summary>A client that sends the same kind of frame as fast as it can, until Weir ends the connection.</summary>
internal static class FloodingClient
{
    private const int MostPieces = 2_000_000;
    private const int PiecesAtOnce = 64;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(60);

    /// <summary>Floods; gives the code of the last GOAWAY, or null where the connection ended without one.</summary>
    public static async Task<Http2ErrorCode?> RunAsync(int port, byte[] greeting, Func<int, byte[]> piece)
    {
        using CancellationTokenSource deadline = new(_patience);
        using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), deadline.Token);
        await socket.SendAsync(greeting, deadline.Token);
        Task<Http2ErrorCode?> reading = ReadAsync(socket, deadline.Token);
        List<byte> batch = [];
        try
        {
            for (int i = 0; i < MostPieces && !reading.IsCompleted; i++)
            {
                batch.AddRange(piece(i));
                if (i % PiecesAtOnce == PiecesAtOnce - 1)
                {
                    await socket.SendAsync(batch.ToArray(), deadline.Token);
                    batch.Clear();
                }
            }
        }
        catch (SocketException)
        {
            // Weir has closed: what it said before was read meanwhile.
        }

        return await reading;
    }

    private static async Task<Http2ErrorCode?> ReadAsync(Socket socket, CancellationToken cancellation)
    {
        Http2ErrorCode? code = null;
        byte[] buffer = new byte[64 * 1024];
        int count = 0;
        try
        {
            while (await socket.ReceiveAsync(buffer.AsMemory(count), cancellation) is > 0 and int received)
            {
                count += received;
                int at = 0;
                while (count - at >= FrameHeader.Octets && FrameHeader.Read(buffer.AsSpan(at)) is var frame
                    && count - at >= FrameHeader.Octets + frame.Length)
                {
                    if (frame.Type == FrameType.GoAway)
                    {
                        code = (Http2ErrorCode)BinaryPrimitives.ReadInt32BigEndian(buffer.AsSpan(at + FrameHeader.Octets + 4));
                    }

                    at += FrameHeader.Octets + frame.Length;
                }

                buffer.AsSpan(at, count - at).CopyTo(buffer);
                count -= at;
            }
        }
        catch (SocketException)
        {
            // A reset ends it too.
        }

        return code;
    }
}
