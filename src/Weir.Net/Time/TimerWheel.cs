// Hot: every wait has a deadline.
using System.Numerics;

namespace Weir.Net.Time;

/// <summary>
/// A hashed wheel: 1024 slots of 16 ms, one turn in 16.4 s. A timer further away stays in its slot for more turns. Timers fire up to one
/// slot late and never early.
/// </summary>
internal sealed class TimerWheel
{
    private const int SlotBits = 10;
    private const int Slots = 1 << SlotBits;
    private const int SlotMsShift = 4;

    private readonly LoopTimer?[] _slots = new LoopTimer?[Slots];
    private readonly ulong[] _occupied = new ulong[Slots / 64];
    private readonly Action<Exception>? _onFailure;
    private LoopTimer? _cursor;
    private long _tick;
    private int _count;

    public TimerWheel(long nowMs, Action<Exception>? onFailure = null)
    {
        _tick = nowMs >> SlotMsShift;
        _onFailure = onFailure;
    }

    public int Count => _count;

    public void Arm(LoopTimer timer, long dueMs)
    {
        if (timer.Slot >= 0)
        {
            Disarm(timer);
        }

        timer.DueMs = dueMs;

        // One slot later than the due time's own: the slot is over when the time has come.
        long tick = Math.Max((dueMs >> SlotMsShift) + 1, _tick + 1);
        int slot = (int)(tick & (Slots - 1));
        LoopTimer? head = _slots[slot];
        timer.Slot = slot;
        timer.Previous = null;
        timer.Next = head;
        if (head is not null)
        {
            head.Previous = timer;
        }

        _slots[slot] = timer;
        _occupied[slot >> 6] |= 1UL << (slot & 63);
        _count++;
    }

    public void Disarm(LoopTimer timer)
    {
        if (timer.Slot < 0)
        {
            return;
        }

        if (ReferenceEquals(_cursor, timer))
        {
            _cursor = timer.Next;
        }

        int slot = timer.Slot;
        if (timer.Previous is null)
        {
            _slots[slot] = timer.Next;
            if (timer.Next is null)
            {
                _occupied[slot >> 6] &= ~(1UL << (slot & 63));
            }
        }
        else
        {
            timer.Previous.Next = timer.Next;
        }

        if (timer.Next is not null)
        {
            timer.Next.Previous = timer.Previous;
        }

        timer.Next = null;
        timer.Previous = null;
        timer.Slot = -1;
        _count--;
    }

    /// <summary>Fires what is due. A timer that arms itself again in its callback is not fired twice.</summary>
    public void Advance(long nowMs)
    {
        long target = nowMs >> SlotMsShift;
        if (target <= _tick)
        {
            return;
        }

        if (_count == 0)
        {
            _tick = target;
            return;
        }

        // After a long sleep one turn sees every slot.
        long from = Math.Max(_tick + 1, target - Slots + 1);
        _tick = target;
        for (long tick = from; tick <= target; tick++)
        {
            int slot = (int)(tick & (Slots - 1));
            if (_slots[slot] is not null)
            {
                FireSlot(slot, nowMs);
            }
        }
    }

    /// <summary>How long a loop may sleep: until the next occupied slot is over; -1 when there is no timer.</summary>
    public int NextDelayMs(long nowMs)
    {
        if (_count == 0)
        {
            return -1;
        }

        int start = (int)((_tick + 1) & (Slots - 1));
        int distance = DistanceToOccupied(start);
        long due = (_tick + 1 + distance) << SlotMsShift;
        return (int)Math.Max(due - nowMs, 0);
    }

    private int DistanceToOccupied(int start)
    {
        for (int step = 0; step <= Slots / 64; step++)
        {
            int word = ((start >> 6) + step) & ((Slots / 64) - 1);
            ulong bits = _occupied[word];
            if (step == 0)
            {
                bits &= ulong.MaxValue << (start & 63);
            }

            if (bits != 0)
            {
                int slot = (word << 6) + BitOperations.TrailingZeroCount(bits);
                return (slot - start) & (Slots - 1);
            }
        }

        return Slots - 1;
    }

    private void FireSlot(int slot, long nowMs)
    {
        // Callbacks arm and disarm any timer: new ones go to the head and are not visited, and disarming the next one moves the cursor.
        _cursor = _slots[slot];
        while (_cursor is { } timer)
        {
            _cursor = timer.Next;
            if (timer.DueMs <= nowMs)
            {
                Disarm(timer);
                Fire(timer);
            }
        }
    }

    // A callback that throws is a defect: it is reported, and the timers behind it keep their time.
    private void Fire(LoopTimer timer)
    {
        try
        {
            timer.OnDue();
        }
        catch (Exception exception) when (_onFailure is not null)
        {
            _onFailure(exception);
        }
    }
}
