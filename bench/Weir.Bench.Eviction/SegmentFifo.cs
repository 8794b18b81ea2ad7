namespace Weir.Bench.Eviction;

/// <summary>
/// S3-FIFO over a log: the queues hold whole segments, and what survives a segment is copied to the end of the main queue. The names of
/// what left are one number in a table of fixed size. This is what Weir's store does.
/// </summary>
internal sealed class SegmentFifo : IPolicy
{
    private const int MostCount = 3;
    private const int Segments = 256;
    private const int MostPasses = 16;

    private readonly Dictionary<int, byte> _counts = [];
    private readonly Queue<List<int>> _small = new();
    private readonly Queue<List<int>> _main = new();
    private readonly int[] _ghosts;
    private readonly int _capacity;
    private readonly int _segmentSize;
    private readonly int _smallSegments;
    private List<int> _openSmall;
    private List<int> _openMain;
    private int _stored;

    public SegmentFifo(int capacity)
    {
        _capacity = capacity;
        _segmentSize = Math.Max(capacity / Segments, 1);
        _smallSegments = Math.Max(capacity / _segmentSize / 10, 1);
        _ghosts = new int[(int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity)];
        _openSmall = Open(_small);
        _openMain = Open(_main);
    }

    public bool Ask(int key)
    {
        if (_counts.TryGetValue(key, out byte count))
        {
            if (count < MostCount)
            {
                _counts[key] = (byte)(count + 1);
            }

            return true;
        }

        for (int pass = 0; _stored >= _capacity; pass++)
        {
            EvictSegment(pass >= MostPasses);
        }

        ref int ghost = ref _ghosts[Place(key)];
        Append(key, isMain: ghost == key + 1);
        _counts[key] = 0;
        return false;
    }

    private int Place(int key) => (int)(((uint)key * 2654435769u) >> (32 - System.Numerics.BitOperations.Log2((uint)_ghosts.Length)));

    private static List<int> Open(Queue<List<int>> queue)
    {
        List<int> segment = [];
        queue.Enqueue(segment);
        return segment;
    }

    private void Append(int key, bool isMain)
    {
        ref List<int> open = ref isMain ? ref _openMain : ref _openSmall;
        if (open.Count == _segmentSize)
        {
            open = Open(isMain ? _main : _small);
        }

        open.Add(key);
        _stored++;
    }

    private void EvictSegment(bool isForced)
    {
        bool fromSmall = _small.Count > _smallSegments || _main.Count <= 1;
        List<int> segment = (fromSmall ? _small : _main).Dequeue();
        if (ReferenceEquals(segment, _openSmall))
        {
            _openSmall = Open(_small);
        }
        else if (ReferenceEquals(segment, _openMain))
        {
            _openMain = Open(_main);
        }

        _stored -= segment.Count;
        foreach (int key in segment)
        {
            byte count = _counts[key];
            if (count > 0 && !isForced)
            {
                _counts[key] = fromSmall ? (byte)0 : (byte)(count - 1);
                Append(key, isMain: true);
                continue;
            }

            _counts.Remove(key);
            if (fromSmall)
            {
                _ghosts[Place(key)] = key + 1;
            }
        }
    }
}
