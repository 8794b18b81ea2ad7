using Weir.Net.Loops;

namespace Weir.Net.Tests.Testing;

/// <summary>Keeps what a loop reports.</summary>
internal sealed class RecordingObserver : ILoopObserver
{
    public List<Exception> Failures { get; } = [];

    public List<long> SlowTurns { get; } = [];

    public int Batches { get; private set; }

    public void OnSlowTurn(int loop, long tookNs, string? modules) => SlowTurns.Add(tookNs);

    public void OnFailure(int loop, Exception exception) => Failures.Add(exception);

    public void OnBatchEnd(int loop, long nowMs) => Batches++;
}
