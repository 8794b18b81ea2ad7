namespace Weir.Cache.Purging;

/// <summary>
/// Purges in the order of their numbers: appended at one end, taken at the other, by one thread at a time. Nothing is written twice to a
/// place, so that what it held at one time costs an array of references to remember, and is read while it goes on.
/// </summary>
internal sealed class PurgeOrder
{
    private const int ChunkLength = 512;

    private readonly List<LoggedPurge[]> _chunks = [];
    private int _first;

    /// <summary>How many there are.</summary>
    public int Count { get; private set; }

    public void Enqueue(in LoggedPurge purge)
    {
        int place = _first + Count;
        if (place == _chunks.Count * ChunkLength)
        {
            _chunks.Add(new LoggedPurge[ChunkLength]);
        }

        _chunks[place / ChunkLength][place % ChunkLength] = purge;
        Count++;
    }

    /// <summary>The oldest, if there is one.</summary>
    public bool TryPeek(out LoggedPurge purge)
    {
        purge = Count > 0 ? _chunks[0][_first] : default;
        return Count > 0;
    }

    /// <summary>Takes the oldest out; there is one.</summary>
    public LoggedPurge Dequeue()
    {
        LoggedPurge purge = _chunks[0][_first];
        _first++;
        Count--;
        if (_first == ChunkLength)
        {
            _chunks.RemoveAt(0);
            _first = 0;
        }

        return purge;
    }

    /// <summary>What is there now, whatever becomes of it afterwards; any thread may read it.</summary>
    public Snapshot Take() => new([.. _chunks], _first, Count);

    /// <summary>What was there at one time.</summary>
    internal readonly struct Snapshot
    {
        private readonly LoggedPurge[][] _chunks;
        private readonly int _first;

        public Snapshot(LoggedPurge[][] chunks, int first, int count)
        {
            _chunks = chunks;
            _first = first;
            Count = count;
        }

        public int Count { get; }

        public LoggedPurge this[int index]
        {
            get
            {
                int place = _first + index;
                return _chunks[place / ChunkLength][place % ChunkLength];
            }
        }
    }
}
