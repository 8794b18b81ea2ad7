// Hot: runs for each request that passes the stack.
using System.Globalization;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Modules.RateLimit;

/// <summary>Refuses what comes faster than its rate.</summary>
internal sealed class RateLimitModule : IRequestModule
{
    private const string Name = "rate_limit";
    private const long NsPerMs = 1_000_000;
    private const long NsPerSecond = 1_000_000_000;

    private readonly TokenBuckets _buckets;
    private readonly KeySource _key;
    private readonly bool _isDryRun;

    public RateLimitModule(TokenBuckets buckets, KeySource key, bool isDryRun)
    {
        _buckets = buckets;
        _key = key;
        _isDryRun = isDryRun;
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        ulong key = _key.Of(exchange);
        long nowNs = exchange.Loop.NowMs * NsPerMs;
        Decision decision = exchange.IsHypothetical ? _buckets.Peek(key, nowNs) : _buckets.Spend(key, nowNs);
        exchange.Trace?.Add(Name, string.Create(CultureInfo.InvariantCulture, $"{(decision.IsAllowed ? "allowed" : "refused")}, {decision.Left} left"));
        if (decision.IsAllowed || _isDryRun)
        {
            return new(Verdict.Continue);
        }

        exchange.Error = ProxyErrors.RateLimited;
        exchange.RetryAfterSeconds = (int)Math.Min((decision.WaitNs + NsPerSecond - 1) / NsPerSecond, int.MaxValue);
        return new(Verdict.Answered);
    }

    /// <summary>What the client of an exchange has left.</summary>
    public Decision Peek(Exchange exchange) => _buckets.Peek(_key.Of(exchange), exchange.Loop.NowMs * NsPerMs);
}
