// Hot: lends a hold to each exchange that passes.
using Weir.Abstractions.Exchanges;

namespace Weir.Modules.Concurrency;

/// <summary>
/// What a turnstile has on one loop: free objects, used on that loop only; and those that wait there, first come first, under the
/// turnstile's lock.
/// </summary>
internal sealed class LoopPlaces
{
    private readonly Turnstile _turnstile;
    private Hold? _freeHolds;
    private Waiter? _freeWaiters;

    public LoopPlaces(Turnstile turnstile, LoopServices loop)
    {
        _turnstile = turnstile;
        Loop = loop;
    }

    public LoopServices Loop { get; }

    /// <summary>Who has waited longest on this loop.</summary>
    public Waiter? First { get; private set; }

    public Waiter? Last { get; private set; }

    /// <summary>Whether somebody looks for those whose time is over.</summary>
    public bool IsTicking { get; set; }

    public Hold RentHold()
    {
        Hold hold = _freeHolds ?? new Hold(_turnstile, this);
        _freeHolds = hold.NextFree;
        hold.NextFree = null;
        return hold;
    }

    public void Return(Hold hold)
    {
        hold.NextFree = _freeHolds;
        _freeHolds = hold;
    }

    public Waiter RentWaiter()
    {
        Waiter waiter = _freeWaiters ?? new Waiter(_turnstile, this);
        _freeWaiters = waiter.NextFree;
        waiter.NextFree = null;
        return waiter;
    }

    public void Return(Waiter waiter)
    {
        waiter.NextFree = _freeWaiters;
        _freeWaiters = waiter;
    }

    /// <summary>Under the lock.</summary>
    public void Append(Waiter waiter)
    {
        waiter.PreviousOfLoop = Last;
        if (Last is null)
        {
            First = waiter;
        }
        else
        {
            Last.NextOfLoop = waiter;
        }

        Last = waiter;
    }

    /// <summary>Under the lock.</summary>
    public void Remove(Waiter waiter)
    {
        if (waiter.PreviousOfLoop is null)
        {
            First = waiter.NextOfLoop;
        }
        else
        {
            waiter.PreviousOfLoop.NextOfLoop = waiter.NextOfLoop;
        }

        if (waiter.NextOfLoop is null)
        {
            Last = waiter.PreviousOfLoop;
        }
        else
        {
            waiter.NextOfLoop.PreviousOfLoop = waiter.PreviousOfLoop;
        }

        waiter.NextOfLoop = null;
        waiter.PreviousOfLoop = null;
    }
}
