using System.Net.Sockets;

namespace Weir.Interop.Tests.Peers;

/// <summary>A socket's stream that begins with what somebody has read from it already.</summary>
internal sealed class WireStream : NetworkStream
{
    private ReadOnlyMemory<byte> _first;

    public WireStream(Socket socket, ReadOnlyMemory<byte> first)
        : base(socket, ownsSocket: false)
    {
        _first = first;
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_first.IsEmpty)
        {
            return base.ReadAsync(buffer, cancellationToken);
        }

        int count = Math.Min(buffer.Length, _first.Length);
        _first[..count].CopyTo(buffer);
        _first = _first[count..];
        return new(count);
    }
}
