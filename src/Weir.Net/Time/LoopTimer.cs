using Weir.Net.Loops;

namespace Weir.Net.Time;

/// <summary>
/// Something that happens later on a loop. Arming allocates nothing: the timer is a link of its slot's list. Used on its loop only.
/// </summary>
public abstract class LoopTimer : ReadyItem
{
    internal LoopTimer? Next;
    internal LoopTimer? Previous;
    internal int Slot = -1;

    /// <summary>When it fires, in milliseconds of the loop's clock; of use while it is armed.</summary>
    public long DueMs { get; internal set; }

    /// <summary>Whether it is waiting to fire.</summary>
    public bool IsArmed => Slot >= 0;

    /// <summary>Called on the loop once the time has come, never inline from another exchange's code.</summary>
    protected internal abstract void OnDue();
}
