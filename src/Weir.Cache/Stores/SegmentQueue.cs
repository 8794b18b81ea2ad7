namespace Weir.Cache.Stores;

/// <summary>Segments in the order in which they were filled; the last one is open. Guarded by the store's lock.</summary>
internal sealed class SegmentQueue
{
    private readonly SegmentSet _segments;
    private readonly SegmentState _state;
    private readonly Queue<int> _closed = new();
    private readonly int[] _used;
    private int _open = -1;

    public SegmentQueue(SegmentSet segments, SegmentState state)
    {
        _segments = segments;
        _state = state;
        _used = new int[segments.Count];
    }

    /// <summary>Segments in it.</summary>
    public int Count => _closed.Count + (_open >= 0 ? 1 : 0);

    /// <summary>Room for a record in the open segment: its segment and place; false: it does not fit.</summary>
    public bool TryAppend(int octets, out int segment, out int place)
    {
        segment = _open;
        place = _open < 0 ? 0 : _used[_open];
        if (_open < 0 || place + octets > _segments.Octets)
        {
            return false;
        }

        _used[_open] = place + octets;
        return true;
    }

    /// <summary>Closes the open segment and opens another; false: there is none.</summary>
    public bool TryOpen()
    {
        int segment = _segments.Take(_state);
        if (segment < 0)
        {
            return false;
        }

        if (_open >= 0)
        {
            _closed.Enqueue(_open);
        }

        _open = segment;
        _used[segment] = 0;
        return true;
    }

    /// <summary>Takes everything out.</summary>
    public void RetireAll()
    {
        if (_open >= 0)
        {
            _closed.Enqueue(_open);
            _open = -1;
        }

        while (_closed.TryDequeue(out int segment))
        {
            _segments.Retire(segment);
        }
    }

    /// <summary>Takes the oldest closed segment out; -1: there is none. <paramref name="used"/>: octets of records in it.</summary>
    public int TakeOldest(out int used)
    {
        if (!_closed.TryDequeue(out int segment))
        {
            used = 0;
            return -1;
        }

        used = _used[segment];
        return segment;
    }
}
