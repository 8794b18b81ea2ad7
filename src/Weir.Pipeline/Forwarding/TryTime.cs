// Hot: one for every try.
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;

namespace Weir.Pipeline.Forwarding;

/// <summary>
/// How long one try may take: retry.per_try_timeout from its beginning, connecting included, and what bounds each of its parts.
/// </summary>
internal readonly struct TryTime
{
    private readonly long _endsMs;

    private TryTime(long endsMs) => _endsMs = endsMs;

    /// <summary>Begins a try.</summary>
    public static TryTime Begin(ForwardPolicy policy, LoopServices loop) =>
        new(policy.PerTryTimeoutMs > 0 ? loop.NowMs + policy.PerTryTimeoutMs : long.MaxValue);

    /// <summary>What is left of it for a part that may take that long; at least a millisecond.</summary>
    public int Left(int mostMs, LoopServices loop) =>
        _endsMs == long.MaxValue ? mostMs : (int)Math.Clamp(_endsMs - loop.NowMs, 1, mostMs);

    /// <summary>Whether it has passed.</summary>
    public bool IsOver(LoopServices loop) => loop.NowMs >= _endsMs;

    /// <summary>The error as the try's: a part that was cut short by the try's end says nothing of that part's own limit.</summary>
    public ProxyError? ErrorOf(ProxyError? error, LoopServices loop)
    {
        bool isTimeout = ReferenceEquals(error, ProxyErrors.OriginTimeout) || ReferenceEquals(error, ProxyErrors.ConnectTimeout)
            || ReferenceEquals(error, ProxyErrors.OriginWriteTimeout);
        return isTimeout && loop.NowMs >= _endsMs ? ProxyErrors.TryTimeout : error;
    }
}
