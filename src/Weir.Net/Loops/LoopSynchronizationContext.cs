namespace Weir.Net.Loops;

/// <summary>Brings the continuation of a foreign task (a file, DNS, Redis) back to the loop that awaited it.</summary>
internal sealed class LoopSynchronizationContext : SynchronizationContext
{
    private readonly Loop _loop;

    public LoopSynchronizationContext(Loop loop) => _loop = loop;

    public override void Post(SendOrPostCallback d, object? state) => _loop.Post(d, state);

    public override void Send(SendOrPostCallback d, object? state) =>
        throw new NotSupportedException("Nothing waits for a loop: use Post.");

    public override SynchronizationContext CreateCopy() => this;
}
