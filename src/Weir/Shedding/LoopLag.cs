namespace Weir.Shedding;

/// <summary>
/// How long events wait for their loop, from the turns that each loop found long anyway: shorter ones are no lag worth speaking of. Each
/// loop adds its own, one reader takes all; atomic.
/// </summary>
internal sealed class LoopLag
{
    private const long NsPerUs = 1_000;
    private const long UsPerMs = 1_000;

    // One cache line a loop.
    private const int Padding = 8;

    // Sums of squares of microseconds: an event that comes at any moment comes more likely into a long turn, in proportion to its length.
    private readonly long[] _squares;

    public LoopLag(int loops) => _squares = new long[loops * Padding];

    /// <summary>Counts a turn. On its loop.</summary>
    public void Note(int loop, long tookNs)
    {
        long us = tookNs / NsPerUs;
        Interlocked.Add(ref _squares[loop * Padding], us * us);
    }

    /// <summary>The mean length of the turn that an event came into, in milliseconds, of the slowest loop; begins anew.</summary>
    public long TakeMs(long periodMs)
    {
        long most = 0;
        for (int i = 0; i < _squares.Length; i += Padding)
        {
            most = Math.Max(most, Interlocked.Exchange(ref _squares[i], 0));
        }

        return most / Math.Max(periodMs * UsPerMs, 1) / UsPerMs;
    }
}
