namespace Weir.Pipeline.Balancing;

/// <summary>
/// Moves on whenever something changes that decides whether a server may be picked. Such changes are rare, so one number serves the whole
/// process: a loop sees with one read that what it has worked out of its servers still holds.
/// </summary>
internal static class FitnessEpoch
{
    private static int _value;

    /// <summary>The number now.</summary>
    public static int Value => Volatile.Read(ref _value);

    /// <summary>A server's fitness has changed; any thread.</summary>
    public static void Advance() => Interlocked.Increment(ref _value);
}
