namespace Weir.Net.Loops;

/// <summary>
/// Something that runs in a turn of its own: what another exchange, a timer or another thread woke. An intrusive link, so queueing
/// allocates nothing; an item stands in one queue at a time.
/// </summary>
public abstract class ReadyItem
{
    internal ReadyItem? NextReady;
    internal bool IsQueued;

    /// <summary>Called on the loop.</summary>
    protected internal abstract void OnReady();
}
