using Weir.Abstractions.Bodies;

namespace Weir.Abstractions.Exchanges;

/// <summary>What the loop that owns an exchange offers to modules. Use it only on that loop.</summary>
public abstract class LoopServices
{
    private string? _module;
    private string? _otherModule;

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

    /// <summary>
    /// Which modules ran since the last <see cref="ForgetModules"/>: the last one, and one before it; null when none did.
    /// </summary>
    public string? ModulesOfTurn => _otherModule is null || _otherModule == _module ? _module : $"{_module} or {_otherModule}";

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
    /// Runs something on the loop, in a turn of its own. The one member that any thread may call: what an exchange waits for may happen on
    /// another loop. Allocates. The base class is a loop without turns: it runs it at once.
    /// </summary>
    public virtual void Post(SendOrPostCallback callback, object? state) => callback(state);

    /// <summary>
    /// Lends a buffer of at least that many octets, up to 64 KiB; null when limits.memory is spent. It goes back through
    /// <see cref="ReturnBuffer"/>, before the exchange is over.
    /// </summary>
    public virtual LoopBuffer? TryRentBuffer(int atLeastOctets) => null;

    /// <summary>Takes a buffer back. Its octets must not be touched any more.</summary>
    public virtual void ReturnBuffer(LoopBuffer buffer)
    {
    }

    /// <summary>A module begins to run: who holds the loop up is named by it. An assignment, no more.</summary>
    public void NoteModule(string name)
    {
        if (!ReferenceEquals(_module, name))
        {
            _otherModule = _module;
            _module = name;
        }
    }

    /// <summary>The loop begins another turn.</summary>
    protected void ForgetModules()
    {
        _module = null;
        _otherModule = null;
    }
}
