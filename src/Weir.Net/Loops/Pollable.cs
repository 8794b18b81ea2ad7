using Weir.Net.Time;

namespace Weir.Net.Loops;

/// <summary>Something with a descriptor in a loop's epoll set.</summary>
public abstract class Pollable : LoopTimer
{
    internal int PollSlot = -1;

    /// <summary>Called with what epoll said, at most once per batch.</summary>
    protected internal abstract void OnEvents(uint events);
}
