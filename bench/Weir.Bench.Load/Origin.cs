// Hot: it runs on the thread of the load.
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text;

namespace Weir.Bench.Load;

/// <summary>Answers every request with the same 200 and 100 octets, but /echo with the request's own head.</summary>
internal sealed unsafe class Origin : IDisposable
{
    private static readonly byte[] _answer = Encoding.ASCII.GetBytes(
        $"HTTP/1.1 200 OK\r\nDate: {DateTime.UtcNow:R}\r\nContent-Type: text/plain\r\nContent-Length: 100\r\nCache-Control: max-age=86400\r\n\r\n"
        + new string('x', 100));

    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly Poller _poller;
    private readonly byte* _octets;

    public Origin(int port, Poller poller)
    {
        _poller = poller;
        _listener.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.ReuseAddress, true);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, port));
        _listener.Listen(4096);
        _listener.Blocking = false;
        _octets = (byte*)NativeMemory.Alloc((nuint)_answer.Length);
        _answer.CopyTo(new Span<byte>(_octets, _answer.Length));
        poller.Origin = this;
        poller.Add((int)_listener.Handle, EventKind.OriginListener, 0);
    }

    public void Accept()
    {
        int client;
        while ((client = Native.Accept((int)_listener.Handle, 0, 0, Native.NonBlocking)) >= 0)
        {
            _poller.Add(client, EventKind.Origin, client);
        }
    }

    /// <summary>Proxies do not pipeline, and their heads fit one receive: the end of what was received is the end of a head.</summary>
    public void Answer(int client, byte* buffer, int length)
    {
        nint read = Native.Receive(client, buffer, length, 0);
        if (read <= 0)
        {
            if (read == 0 || Marshal.GetLastPInvokeError() != Native.WouldBlock)
            {
                _ = Native.Close(client);
            }

            return;
        }

        ReadOnlySpan<byte> request = new(buffer, (int)read);
        if (request.StartsWith("GET /echo"u8))
        {
            Echo(client, request);
        }
        else if (!request.EndsWith("\r\n\r\n"u8) || Native.Send(client, _octets, _answer.Length, Native.NoSignal) != _answer.Length)
        {
            _ = Native.Close(client);
        }
    }

    public void Dispose()
    {
        _listener.Dispose();
        NativeMemory.Free(_octets);
    }

    private static void Echo(int client, ReadOnlySpan<byte> request)
    {
        byte[] answer =
        [
            .. Encoding.ASCII.GetBytes(
                $"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: {request.Length}\r\nCache-Control: no-store\r\n\r\n"),
            .. request,
        ];
        fixed (byte* octets = answer)
        {
            if (Native.Send(client, octets, answer.Length, Native.NoSignal) != answer.Length)
            {
                _ = Native.Close(client);
            }
        }
    }
}
