namespace Weir.Http.Http2;

/// <summary>How the last streams of a connection closed, so that late frames are judged rightly.</summary>
public sealed class ClosedStreams
{
    private const int Remembered = 256;
    private const int StateBits = 3;

    private long[] _ring = [];
    private int _next;

    /// <summary>Remembers one.</summary>
    public void Add(int streamId, StreamState state)
    {
        if (_next == _ring.Length && _ring.Length < Remembered)
        {
            Array.Resize(ref _ring, Math.Max(16, _ring.Length * 2));
        }

        _next = _next == _ring.Length ? 0 : _next;
        _ring[_next++] = ((long)streamId << StateBits) | (long)state;
    }

    /// <summary>How a stream closed whose number is not above the highest one.</summary>
    public StreamState Find(int streamId)
    {
        foreach (long entry in _ring)
        {
            if (entry >> StateBits == streamId)
            {
                return (StreamState)(entry & ((1 << StateBits) - 1));
            }
        }

        // Forgotten: it may be one that was reset with content on its way, and to end the connection for that would be unjust.
        return _ring.Length < Remembered ? StreamState.Skipped : StreamState.ClosedByReset;
    }
}
