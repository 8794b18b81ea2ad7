namespace Weir.Cache.Purging;

/// <summary>The last orders to purge. Any thread.</summary>
public sealed class PurgeAudit
{
    /// <summary>Orders that are kept; the log of operator events has them all.</summary>
    public const int Most = 256;

    private readonly Lock _gate = new();
    private readonly LinkedList<PurgeNote> _notes = new();

    /// <summary>The orders, the newest first.</summary>
    public IReadOnlyList<PurgeNote> Notes
    {
        get
        {
            lock (_gate)
            {
                return [.. _notes];
            }
        }
    }

    internal void Add(PurgeNote note)
    {
        lock (_gate)
        {
            _notes.AddFirst(note);
            if (_notes.Count > Most)
            {
                _notes.RemoveLast();
            }
        }
    }

    /// <summary>A purge touched a stored response.</summary>
    internal void Count(ulong number)
    {
        lock (_gate)
        {
            for (LinkedListNode<PurgeNote>? node = _notes.First; node is not null; node = node.Next)
            {
                if (node.Value.First <= number && number <= node.Value.Last)
                {
                    node.Value.Count();
                    return;
                }
            }
        }
    }

    /// <summary>Marks what everything was looked at for; gives the orders that are new in that.</summary>
    internal List<PurgeNote> Settle(ulong settled)
    {
        lock (_gate)
        {
            List<PurgeNote> done = [.. _notes.Where(note => note is { IsCarriedOut: false, Refusal: null } && note.Last <= settled)];
            done.ForEach(note => note.IsCarriedOut = true);
            return done;
        }
    }
}
