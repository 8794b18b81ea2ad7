namespace Weir.Bench.Eviction;

/// <summary>
/// A window of one hundredth for what is new; what leaves it must have been asked for more often than the weakest of a segmented LRU
/// (Einziger, Friedman, Manes, 2017). Counts are four bits in a sketch of four rows, halved after ten times the capacity.
/// </summary>
internal sealed class WindowTinyLfu : IPolicy
{
    private const int Rows = 4;
    private const int MostCount = 15;

    private readonly KeyList _window = new();
    private readonly KeyList _probation = new();
    private readonly KeyList _protected = new();
    private readonly byte[][] _sketch = new byte[Rows][];
    private readonly int _windowCapacity;
    private readonly int _mainCapacity;
    private readonly int _protectedCapacity;
    private readonly int _sampleSize;
    private int _sampled;

    public WindowTinyLfu(int capacity)
    {
        _windowCapacity = Math.Max(capacity / 100, 1);
        _mainCapacity = capacity - _windowCapacity;
        _protectedCapacity = _mainCapacity * 8 / 10;
        _sampleSize = capacity * 10;
        int width = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)capacity * 4);
        for (int row = 0; row < Rows; row++)
        {
            _sketch[row] = new byte[width];
        }
    }

    public bool Ask(int key)
    {
        Count(key);
        if (_window.Touch(key) || _protected.Touch(key))
        {
            return true;
        }

        if (_probation.Remove(key))
        {
            _protected.Add(key);
            if (_protected.Count > _protectedCapacity)
            {
                _probation.Add(_protected.TakeOldest());
            }

            return true;
        }

        _window.Add(key);
        if (_window.Count > _windowCapacity)
        {
            Admit(_window.TakeOldest());
        }

        return false;
    }

    private void Admit(int candidate)
    {
        if (_probation.Count + _protected.Count < _mainCapacity)
        {
            _probation.Add(candidate);
            return;
        }

        int victim = _probation.Count > 0 ? _probation.Oldest : _protected.Oldest;
        if (Estimate(candidate) > Estimate(victim))
        {
            (_probation.Count > 0 ? _probation : _protected).TakeOldest();
            _probation.Add(candidate);
        }
    }

    private int Place(int key, int row)
    {
        ulong mixed = ((uint)key + 1) * (0x9E3779B97F4A7C15 + ((ulong)row * 0x2545F4914F6CDD1E * 2));
        return (int)((mixed >> 24) & (ulong)(_sketch[row].Length - 1));
    }

    private void Count(int key)
    {
        for (int row = 0; row < Rows; row++)
        {
            ref byte count = ref _sketch[row][Place(key, row)];
            count = (byte)Math.Min(count + 1, MostCount);
        }

        if (++_sampled < _sampleSize)
        {
            return;
        }

        _sampled /= 2;
        foreach (byte[] row in _sketch)
        {
            for (int i = 0; i < row.Length; i++)
            {
                row[i] /= 2;
            }
        }
    }

    private int Estimate(int key)
    {
        int least = MostCount;
        for (int row = 0; row < Rows; row++)
        {
            least = Math.Min(least, _sketch[row][Place(key, row)]);
        }

        return least;
    }
}
