namespace Weir.Bench.Eviction;

/// <summary>Keys in an order, linked over arrays: any key is found, moved and removed in constant time.</summary>
internal sealed class KeyList
{
    private readonly Dictionary<int, LinkedListNode<int>> _nodes = [];
    private readonly LinkedList<int> _order = new();

    public int Count => _order.Count;

    public int Oldest => _order.First!.Value;

    public bool Contains(int key) => _nodes.ContainsKey(key);

    public void Add(int key) => _nodes[key] = _order.AddLast(key);

    public bool Touch(int key)
    {
        if (!_nodes.TryGetValue(key, out LinkedListNode<int>? node))
        {
            return false;
        }

        _order.Remove(node);
        _order.AddLast(node);
        return true;
    }

    public bool Remove(int key)
    {
        if (!_nodes.Remove(key, out LinkedListNode<int>? node))
        {
            return false;
        }

        _order.Remove(node);
        return true;
    }

    public int TakeOldest()
    {
        int key = Oldest;
        Remove(key);
        return key;
    }
}
