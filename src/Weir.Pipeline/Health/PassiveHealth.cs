using Weir.Pipeline.Balancing;

namespace Weir.Pipeline.Health;

/// <summary>
/// What exchanges have learnt of a server: failures within a window, and until when it is set aside. Shared by all loops and atomic; a
/// success touches nothing while there were no failures.
/// </summary>
public sealed class PassiveHealth
{
    private long _windowStartMs;
    private int _failures;
    private long _ejectedUntilMs;

    /// <summary>How often it was set aside.</summary>
    public int Ejections { get; private set; }

    /// <summary>Failures in the current window.</summary>
    public int Failures => Volatile.Read(ref _failures);

    /// <summary>When the last time aside ends, or ended: monotonic, in milliseconds; 0: there was none.</summary>
    public long EjectedUntilMs => Volatile.Read(ref _ejectedUntilMs);

    /// <summary>Whether it is set aside.</summary>
    public bool IsEjected(long nowMs) => Volatile.Read(ref _ejectedUntilMs) > nowMs;

    /// <summary>Counts a failure. True: there were enough of them to set the server aside.</summary>
    public bool OnFailure(long nowMs, PassiveHealthPolicy policy)
    {
        if (nowMs - Volatile.Read(ref _windowStartMs) > policy.WindowMs)
        {
            Volatile.Write(ref _windowStartMs, nowMs);
            Volatile.Write(ref _failures, 0);
        }

        return Interlocked.Increment(ref _failures) >= policy.Failures;
    }

    /// <summary>Sets the server aside.</summary>
    public void Eject(long untilMs)
    {
        Volatile.Write(ref _ejectedUntilMs, untilMs);
        Volatile.Write(ref _failures, 0);
        Ejections++;
        FitnessEpoch.Advance();
    }
}
