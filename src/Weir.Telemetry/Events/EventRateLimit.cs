namespace Weir.Telemetry.Events;

/// <summary>
/// Lets ten events of a kind pass in ten seconds and counts the others. Atomic, without locks; when a window changes under several
/// threads at once, one or two events more may pass: the bound matters, not its last digit.
/// </summary>
internal sealed class EventRateLimit
{
    internal const int EventsPerWindow = 10;
    internal const long WindowMs = 10_000;

    private readonly Window[] _windows;

    internal EventRateLimit(int kinds)
    {
        _windows = new Window[kinds];
        for (int i = 0; i < kinds; i++)
        {
            _windows[i].StartMs = -WindowMs;
        }
    }

    /// <summary>
    /// Whether an event may pass; <paramref name="heldBack"/> events were held back in the window before, and are now accounted for.
    /// </summary>
    internal bool TryPass(int kind, long nowMs, out int heldBack)
    {
        ref Window window = ref _windows[kind];
        heldBack = 0;
        long startMs = Volatile.Read(ref window.StartMs);
        if (nowMs - startMs >= WindowMs && Interlocked.CompareExchange(ref window.StartMs, nowMs, startMs) == startMs)
        {
            heldBack = Interlocked.Exchange(ref window.HeldBack, 0);
            Interlocked.Exchange(ref window.Passed, 0);
        }

        // The plain read first: a flood of millions must not overflow the count.
        if (Volatile.Read(ref window.Passed) < EventsPerWindow && Interlocked.Increment(ref window.Passed) <= EventsPerWindow)
        {
            return true;
        }

        Interlocked.Increment(ref window.HeldBack);
        return false;
    }

    /// <summary>How many events were held back in a window that is over; they are then accounted for.</summary>
    internal int TakeHeldBack(int kind, long nowMs)
    {
        ref Window window = ref _windows[kind];
        bool isOver = nowMs - Volatile.Read(ref window.StartMs) >= WindowMs;
        return isOver && Volatile.Read(ref window.HeldBack) > 0 ? Interlocked.Exchange(ref window.HeldBack, 0) : 0;
    }

    private struct Window
    {
        internal long StartMs;
        internal int Passed;
        internal int HeldBack;
    }
}
