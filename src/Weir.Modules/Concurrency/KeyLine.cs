namespace Weir.Modules.Concurrency;

/// <summary>The requests of one key that wait, first come first served. Under the turnstile's lock.</summary>
internal sealed class KeyLine
{
    private Waiter? _last;

    public KeyLine(ulong key) => Key = key;

    public ulong Key { get; }

    public Waiter? First { get; private set; }

    public int Count { get; private set; }

    /// <summary>
    /// Whether it stands in the round: it may have the next place that comes free in all. Else its key has as many as it may.
    /// </summary>
    public bool IsInRound { get; set; }

    public void Append(Waiter waiter)
    {
        waiter.Line = this;
        waiter.Previous = _last;
        if (_last is null)
        {
            First = waiter;
        }
        else
        {
            _last.Next = waiter;
        }

        _last = waiter;
        Count++;
    }

    public void Remove(Waiter waiter)
    {
        if (waiter.Previous is null)
        {
            First = waiter.Next;
        }
        else
        {
            waiter.Previous.Next = waiter.Next;
        }

        if (waiter.Next is null)
        {
            _last = waiter.Previous;
        }
        else
        {
            waiter.Next.Previous = waiter.Previous;
        }

        waiter.Next = null;
        waiter.Previous = null;
        waiter.Line = null;
        Count--;
    }
}
