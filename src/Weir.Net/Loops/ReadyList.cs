// Hot: whatever wakes an exchange other than its own socket stands here.
namespace Weir.Net.Loops;

/// <summary>What is to run in the next turn, in order; each item stands here once. A value that changes: a field of its loop.</summary>
internal struct ReadyList
{
    private ReadyItem? _first;
    private ReadyItem? _last;

    public readonly bool IsEmpty => _first is null;

    /// <summary>Puts an item at the end, unless it stands there already.</summary>
    public void Add(ReadyItem item)
    {
        if (item.IsQueued)
        {
            return;
        }

        item.IsQueued = true;
        item.NextReady = null;
        if (_last is null)
        {
            _first = item;
        }
        else
        {
            _last.NextReady = item;
        }

        _last = item;
    }

    /// <summary>Takes all that stand here now, linked; what they wake comes in the next turn, behind the sockets.</summary>
    public ReadyItem? TakeAll()
    {
        ReadyItem? first = _first;
        _first = null;
        _last = null;
        return first;
    }
}
