using System.Net;
using System.Net.Sockets;

namespace Weir.Bench.Load;

/// <summary>One kept-alive connection with at most one request on its way.</summary>
internal sealed class LoadConnection(IPEndPoint target) : IDisposable
{
    private Socket? _socket;

    /// <summary>Reads the response on its way.</summary>
    public ResponseReader Reader;

    public int Descriptor { get; private set; } = -1;

    /// <summary>When the request on its way should have been sent, in ticks; 0 when there is none.</summary>
    public long IntendedAt { get; set; }

    public void Open()
    {
        Dispose();
        _socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        _socket.Connect(target);
        _socket.Blocking = false;
        Descriptor = (int)_socket.Handle;
        Reader = default;
        IntendedAt = 0;
    }

    public void Dispose()
    {
        _socket?.Dispose();
        _socket = null;
        Descriptor = -1;
    }
}
