using Weir.Abstractions.Bodies;

namespace Weir.Abstractions.Exchanges;

/// <summary>What the loop that owns an exchange offers to modules. Use it only on that loop.</summary>
public abstract class LoopServices
{
    /// <summary>The loop's number, from 0.</summary>
    public abstract int Index { get; }

    /// <summary>Monotonic time in milliseconds, read once per batch of events.</summary>
    public abstract long NowMs { get; }

    /// <summary>Monotonic time in nanoseconds, read when called: for timings, not for deadlines.</summary>
    public abstract long NowNs { get; }

    /// <summary>Wall clock time in milliseconds since 1970 UTC, as of the current batch.</summary>
    public abstract long UnixMs { get; }

    /// <summary>The Date field's value for this second (RFC 9110 section 5.6.7); 29 octets.</summary>
    public abstract ReadOnlySpan<byte> DateValue { get; }

    /// <summary>A random number from the loop's own generator; not for secrets.</summary>
    public abstract ulong NextRandom();

    /// <summary>Lets everything else that is ready run first.</summary>
    public abstract ValueTask YieldAsync();

    /// <summary>
    /// Lets work go on beside the exchange that began it. An exception in it is a defect: it is counted and logged, and ends nothing else.
    /// The work must not use the exchange after its first wait.
    /// </summary>
    public abstract void Observe(ValueTask rootTask);

    /// <summary>Waits on the loop's timer wheel. Allocates nothing.</summary>
    public abstract ValueTask DelayAsync(int delayMs);

    /// <summary>
    /// Lends a buffer of at least that many octets, up to 64 KiB; null when limits.memory is spent. It goes back through
    /// <see cref="ReturnBuffer"/>, before the exchange is over.
    /// </summary>
    public abstract LoopBuffer? TryRentBuffer(int atLeastOctets);

    /// <summary>Takes a buffer back. Its octets must not be touched any more.</summary>
    public abstract void ReturnBuffer(LoopBuffer buffer);
}
