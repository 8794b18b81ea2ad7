namespace Weir.Http.Http2;

/// <summary>
/// How the streams of a connection closed, so that late frames are judged rightly. What closed as streams do needs no memory, whatever its
/// age; of those that were reset the last ones are remembered, and of the numbers that were left out the last ranges.
/// </summary>
public sealed class ClosedStreams
{
    private const int Remembered = 256;
    private const int RememberedGaps = 64;
    private const int StateBits = 3;

    private readonly StreamState _forgotten;
    private long[] _resets = [];
    private (int First, int Last)[] _gaps = [];
    private int _next;
    private int _nextGap;
    private bool _hasForgotten;

    /// <summary>Nothing is closed yet.</summary>
    /// <param name="forgotten"> What a stream counts as that may be a reset one which is remembered no more. RFC 9113 section 5.1 allows to
    /// take its frames for those of an ended one. </param>
    public ClosedStreams(StreamState forgotten) => _forgotten = forgotten;

    /// <summary>Remembers how one closed.</summary>
    public void Add(int streamId, StreamState state)
    {
        if (state == StreamState.ClosedByEnd)
        {
            return;
        }

        if (_next == _resets.Length)
        {
            _hasForgotten |= _resets.Length == Remembered;
            Array.Resize(ref _resets, Math.Clamp(_resets.Length * 2, 16, Remembered));
            _next = _hasForgotten ? 0 : _next;
        }

        _resets[_next++] = ((long)streamId << StateBits) | (long)state;
    }

    /// <summary>Remembers that nobody opened these and nobody may any more (RFC 9113 section 5.1.1).</summary>
    public void Skip(int first, int last)
    {
        if (_nextGap == _gaps.Length)
        {
            bool isFull = _gaps.Length == RememberedGaps;
            Array.Resize(ref _gaps, Math.Clamp(_gaps.Length * 2, 4, RememberedGaps));
            _nextGap = isFull ? 0 : _nextGap;
        }

        _gaps[_nextGap++] = (first, last);
    }

    /// <summary>How a stream closed whose number is not above the highest one.</summary>
    public StreamState Find(int streamId)
    {
        for (int i = _resets.Length; i > 0; i--)
        {
            // The newest first: what was reset by the peer may have been reset once more.
            long entry = _resets[(_next + i - 1) % _resets.Length];
            if (entry >> StateBits == streamId)
            {
                return (StreamState)(entry & ((1 << StateBits) - 1));
            }
        }

        foreach ((int first, int last) in _gaps)
        {
            if (streamId >= first && streamId <= last)
            {
                return StreamState.Skipped;
            }
        }

        return _hasForgotten ? _forgotten : StreamState.ClosedByEnd;
    }
}
