namespace Weir.Bench.Eviction;

/// <summary>
/// A small queue for what is new, a main one for what was asked for again, and the names of what left the small one (Yang and others, SOSP
/// 2023).
/// </summary>
internal sealed class S3Fifo : IPolicy
{
    private const int MostCount = 3;

    private readonly Dictionary<int, byte> _counts = [];
    private readonly Queue<int> _small = new();
    private readonly Queue<int> _main = new();
    private readonly KeyList _ghosts = new();
    private readonly int _capacity;
    private readonly int _smallCapacity;
    private readonly int _leastCount;

    /// <param name="capacity">Objects.</param>
    /// <param name="leastCount">Requests, beside the first, that lead from the small queue into the main one.</param>
    public S3Fifo(int capacity, int leastCount)
    {
        _capacity = capacity;
        _smallCapacity = Math.Max(capacity / 10, 1);
        _leastCount = leastCount;
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

        while (_counts.Count >= _capacity)
        {
            Evict();
        }

        (_ghosts.Remove(key) ? _main : _small).Enqueue(key);
        _counts[key] = 0;
        return false;
    }

    private void Evict()
    {
        if (_small.Count > _smallCapacity || _main.Count == 0)
        {
            EvictSmall();
        }
        else
        {
            EvictMain();
        }
    }

    private void EvictSmall()
    {
        int key = _small.Dequeue();
        if (_counts[key] >= _leastCount)
        {
            _counts[key] = 0;
            _main.Enqueue(key);
            return;
        }

        _counts.Remove(key);
        _ghosts.Add(key);
        if (_ghosts.Count > _capacity - _smallCapacity)
        {
            _ghosts.TakeOldest();
        }
    }

    private void EvictMain()
    {
        int key = _main.Dequeue();
        byte count = _counts[key];
        if (count == 0)
        {
            _counts.Remove(key);
            return;
        }

        _counts[key] = (byte)(count - 1);
        _main.Enqueue(key);
    }
}
