namespace Weir.Net.Loops;

/// <summary>Is told what a loop counts. Called on the loop; must not block.</summary>
public interface ILoopObserver
{
    /// <summary>A turn took over 10 ms. <paramref name="modules"/> names those that ran in it; null: none did.</summary>
    void OnSlowTurn(int loop, long tookNs, string? modules);

    /// <summary>A root task ended with an exception; its connection was closed.</summary>
    void OnFailure(int loop, Exception exception);

    /// <summary>A batch of events was handled: the place for what is done once per batch.</summary>
    void OnBatchEnd(int loop, long nowMs);
}
