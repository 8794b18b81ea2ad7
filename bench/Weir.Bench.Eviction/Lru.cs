namespace Weir.Bench.Eviction;

/// <summary>What was asked for longest ago goes.</summary>
internal sealed class Lru : IPolicy
{
    private readonly KeyList _keys = new();
    private readonly int _capacity;

    public Lru(int capacity) => _capacity = capacity;

    public bool Ask(int key)
    {
        if (_keys.Touch(key))
        {
            return true;
        }

        if (_keys.Count == _capacity)
        {
            _keys.TakeOldest();
        }

        _keys.Add(key);
        return false;
    }
}
