using Weir.Net.Time;

namespace Weir.Upstream.Pooling;

/// <summary>One who waits for a connection's slot: granted by any thread, or over by its loop's timer.</summary>
internal sealed class ConnectionWait : LoopTimer
{
    private readonly TaskCompletionSource<bool> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>True: the slot is the waiter's.</summary>
    public Task<bool> Granted => _source.Task;

    public bool TryGrant() => _source.TrySetResult(true);

    protected override void OnDue() => _source.TrySetResult(false);

    protected override void OnReady()
    {
        // It is never put on the ready list: the task brings its waiter back to the loop.
    }
}
