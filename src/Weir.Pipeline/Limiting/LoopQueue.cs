// Hot where servers are at their limits: every exchange that waits stands here.
using Weir.Abstractions.Errors;
using Weir.Net.Loops;
using Weir.Net.Time;
using Weir.Pipeline.Balancing;

namespace Weir.Pipeline.Limiting;

/// <summary>
/// The exchanges of one loop that wait for a place at a server of an upstream, longest-waiting first. Used on its loop; only
/// <see cref="OldestTicket"/> and <see cref="Loop"/> are read by others. While somebody waits, a timer looks for those whose time is over
/// and for servers that came or went: health, an operator and a reload need not know of queues.
/// </summary>
internal sealed class LoopQueue : LoopTimer
{
    public const long NobodyWaits = long.MaxValue;

    // How late a queue learns that a server can be used again, or no more.
    private const int TickMs = 50;

    private readonly ServerQueue _queue;
    private QueuePlace? _first;
    private QueuePlace? _last;
    private QueuePlace? _free;
    private long _oldestTicket = NobodyWaits;
    private long _oldestSinceMs = NobodyWaits;

    public LoopQueue(ServerQueue queue, int index)
    {
        _queue = queue;
        Index = index;
    }

    public int Index { get; }

    /// <summary>The loop; known once somebody has waited.</summary>
    public Loop Loop { get; private set; } = null!;

    /// <summary>The ticket of the longest-waiting exchange, or <see cref="NobodyWaits"/>. Any thread.</summary>
    public long OldestTicket => Volatile.Read(ref _oldestTicket);

    /// <summary>Since when it waits, on the loops' clock, or <see cref="NobodyWaits"/>. Any thread.</summary>
    public long OldestSinceMs => Volatile.Read(ref _oldestSinceMs);

    public QueuePlace Rent(Loop loop)
    {
        Loop = loop;
        QueuePlace place = _free ?? new QueuePlace(this);
        _free = place.Next;
        place.Next = null;
        return place;
    }

    public void Return(QueuePlace place)
    {
        place.Next = _free;
        _free = place;
    }

    public void Append(QueuePlace place)
    {
        place.IsWaiting = true;
        place.Previous = _last;
        if (_last is null)
        {
            _first = place;
        }
        else
        {
            _last.Next = place;
        }

        _last = place;
        Publish();
        Tick();
    }

    public void Remove(QueuePlace place)
    {
        place.IsWaiting = false;
        if (place.Previous is null)
        {
            _first = place.Next;
        }
        else
        {
            place.Previous.Next = place.Next;
        }

        if (place.Next is null)
        {
            _last = place.Previous;
        }
        else
        {
            place.Next.Previous = place.Previous;
        }

        place.Next = null;
        place.Previous = null;
        Publish();
        _queue.OnLeft();
        if (_first is null)
        {
            Loop.Disarm(this);
        }
    }

    /// <summary>Gives a place at a server to the longest-waiting exchange that can use it; false when none can.</summary>
    public bool TryGrant(ServerState server)
    {
        long nowMs = Loop.NowMs;
        for (QueuePlace? place = _first; place is not null; place = place.Next)
        {
            if (place.Wish.Fits(server, nowMs))
            {
                Remove(place);
                place.Complete(new PlaceOutcome(server));
                return true;
            }
        }

        return false;
    }

    protected override void OnDue()
    {
        long nowMs = Loop.NowMs;
        bool areAllFull = false;
        QueuePlace? next;
        for (QueuePlace? place = _first; place is not null; place = next)
        {
            next = place.Next;
            if (nowMs >= place.DeadlineMs)
            {
                Remove(place);
                place.Complete(new PlaceOutcome(ProxyErrors.QueueTimeout));
                continue;
            }

            // Who would take any server finds what the one before it has found.
            if (!areAllFull || !place.Wish.IsOpen)
            {
                areAllFull |= !TryAgain(place) && place.Wish.IsOpen;
            }
        }

        Tick();
    }

    protected override void OnReady()
    {
        // A timer only; it is never put on the ready list.
    }

    private bool TryAgain(QueuePlace place)
    {
        PlaceOutcome outcome = _queue.TryAgain(ref place.Wish);
        if (outcome is { Server: null, Error: null })
        {
            return false;
        }

        Remove(place);
        place.Complete(outcome);
        return true;
    }

    private void Publish()
    {
        Volatile.Write(ref _oldestSinceMs, _first?.SinceMs ?? NobodyWaits);
        Volatile.Write(ref _oldestTicket, _first?.Ticket ?? NobodyWaits);
    }

    private void Tick()
    {
        if (_first is { } first && !IsArmed)
        {
            Loop.Arm(this, Math.Clamp(first.DeadlineMs - Loop.NowMs, 1, TickMs));
        }
    }
}
