using Weir.Abstractions.Exchanges;
using Weir.Cache.Keys;

namespace Weir.Cache.Collapsing;

/// <summary>
/// One request to an origin on behalf of all that ask for the same key meanwhile. Its owner says once what became of it; those who wait may
/// be on any loop.
/// </summary>
public sealed class Fill
{
    private readonly Lock _gate = new();
    private readonly List<FillWait> _waits = [];
    private readonly List<FillWait> _endWaits = [];
    private FillHead? _head;
    private bool _isEnded;
    private volatile bool _isInvalidated;

    // The owner, and those that joined and may yet open a reader: the content is given up with the last of them. Atomic.
    private int _users = 1;

    internal Fill(byte[] key, in KeyHash primary, ulong number)
    {
        Key = key;
        Primary = primary;
        Number = number;
    }

    /// <summary>The number of the newest purge when it began: what later ones touch is not fresh when it comes.</summary>
    public ulong Number { get; }

    /// <summary>Whether something made what it brings invalid before it was there: it is not to be stored.</summary>
    public bool IsInvalidated => _isInvalidated;

    internal byte[] Key { get; }

    internal KeyHash Primary { get; }

    /// <summary>Says what became of it; a second time is ignored.</summary>
    public void Set(FillHead head)
    {
        lock (_gate)
        {
            if (_head is not null)
            {
                return;
            }

            _head = head;
        }

        // Nobody is added any more.
        foreach (FillWait wait in _waits)
        {
            wait.Tell(head);
        }

        _waits.Clear();
    }

    /// <summary>Waits for the head, on a loop; null: it took too long.</summary>
    public ValueTask<FillHead?> WaitAsync(LoopServices loop, int mostMs)
    {
        lock (_gate)
        {
            if (_head is not null)
            {
                return new(_head);
            }

            FillWait wait = new(loop, mostMs);
            _waits.Add(wait);
            return wait.Task;
        }
    }

    /// <summary>
    /// Waits until it is over, for a response whose beginning nobody can read any more; null: it took too long. Then it is looked for where
    /// it is stored.
    /// </summary>
    public ValueTask<FillHead?> WaitForEndAsync(LoopServices loop, int mostMs)
    {
        lock (_gate)
        {
            if (_isEnded)
            {
                return new(_head);
            }

            FillWait wait = new(loop, mostMs);
            _endWaits.Add(wait);
            return wait.Task;
        }
    }

    /// <summary>Whoever joined, or owns it, opens no reader any more. Called once by each.</summary>
    public void Leave()
    {
        if (Interlocked.Decrement(ref _users) == 0)
        {
            Volatile.Read(ref _head)?.Body?.Release();
        }
    }

    /// <summary>One more that may open a reader; by who has joined, or owns it.</summary>
    public void Join() => Interlocked.Increment(ref _users);

    internal void Invalidate() => _isInvalidated = true;

    /// <summary>It is over; a second time is ignored.</summary>
    internal void End()
    {
        lock (_gate)
        {
            if (_isEnded)
            {
                return;
            }

            _isEnded = true;
        }

        // Nobody is added any more.
        foreach (FillWait wait in _endWaits)
        {
            wait.Tell(_head!);
        }

        _endWaits.Clear();
    }
}
