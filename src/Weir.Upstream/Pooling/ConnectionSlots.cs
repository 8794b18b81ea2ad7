using Weir.Net.Loops;

namespace Weir.Upstream.Pooling;

/// <summary>
/// The open connections of the whole process to one server: those in use and those that idle in the pools of all loops. Any thread.
/// Requests in flight are limited to as many, so who finds all slots taken knows that a connection idles somewhere, or is closing: it asks
/// the other loops to close one, and the slot is handed to the longest-waiting one.
/// </summary>
public sealed class ConnectionSlots
{
    private readonly OriginPool[] _pools;
    private readonly Lock _lock = new();
    private readonly List<ConnectionWait> _waits = [];
    private PaddedCount _open;
    private volatile int _waiting;

    /// <summary>The slots of those pools' server.</summary>
    public ConnectionSlots(OriginPool[] pools) => _pools = pools;

    /// <summary>Connections that hold a slot.</summary>
    public int Open => _open.Value;

    /// <summary>Whether somebody waits for a slot: then no connection goes idle.</summary>
    internal bool IsWaitedFor => _waiting > 0;

    internal bool TryTake(int most) => _open.TryEnter(most);

    /// <summary>Waits for a slot, on the pool's loop; false when there was none in time.</summary>
    internal async Task<bool> WaitAsync(OriginPool pool, int most, int timeoutMs)
    {
        ConnectionWait wait = new();
        lock (_lock)
        {
            _waits.Add(wait);
            _waiting = _waits.Count;
        }

        if (_open.TryEnter(most) && !TryHandOver())
        {
            _open.Leave();
        }

        AskOthers(pool);
        pool.Loop.Arm(wait, timeoutMs);
        bool hasSlot = await wait.Granted;
        pool.Loop.Disarm(wait);
        if (!hasSlot)
        {
            Forget(wait);
        }

        return hasSlot;
    }

    /// <summary>A connection is closed.</summary>
    internal void GiveBack(int most)
    {
        if (IsWaitedFor && _open.Value <= most && TryHandOver())
        {
            return;
        }

        _open.Leave();

        // Somebody may have begun to wait between the look and the count.
        if (IsWaitedFor && _open.TryEnter(most) && !TryHandOver())
        {
            _open.Leave();
        }
    }

    private bool TryHandOver()
    {
        lock (_lock)
        {
            while (_waits.Count > 0)
            {
                ConnectionWait wait = _waits[0];
                _waits.RemoveAt(0);
                _waiting = _waits.Count;
                if (wait.TryGrant())
                {
                    return true;
                }
            }

            return false;
        }
    }

    private void AskOthers(OriginPool asking)
    {
        foreach (OriginPool pool in _pools)
        {
            if (!ReferenceEquals(pool, asking) && pool.HasSome)
            {
                pool.Loop.Post(static state => ((OriginPool)state!).CloseOneForAnother(), pool);
            }
        }
    }

    private void Forget(ConnectionWait wait)
    {
        lock (_lock)
        {
            _waits.Remove(wait);
            _waiting = _waits.Count;
        }
    }
}
