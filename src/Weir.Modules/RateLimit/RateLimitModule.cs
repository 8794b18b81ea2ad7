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
    private readonly int _status;
    private readonly DryRunTally? _dryRun;

    /// <param name="buckets">What each key has left.</param>
    /// <param name="key">Whose requests are counted together.</param>
    /// <param name="status">The status of a refusal.</param>
    /// <param name="dryRun">Where refusals are counted instead of made; null: they are made.</param>
    public RateLimitModule(TokenBuckets buckets, KeySource key, int status, DryRunTally? dryRun)
    {
        _buckets = buckets;
        _key = key;
        _status = status;
        _dryRun = dryRun;
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        ulong key = _key.Of(exchange);
        long nowNs = exchange.Loop.NowMs * NsPerMs;
        Decision decision = exchange.IsHypothetical ? _buckets.Peek(key, nowNs) : _buckets.Spend(key, nowNs);
        exchange.Trace?.Add(Name, string.Create(CultureInfo.InvariantCulture, $"{(decision.IsAllowed ? "allowed" : "refused")}, {decision.Left} left"));
        if (decision.IsAllowed)
        {
            return new(Verdict.Continue);
        }

        if (_dryRun is not null)
        {
            if (!exchange.IsHypothetical)
            {
                _dryRun.Add(exchange.ClientAddress, exchange.Loop.NowMs);
            }

            return new(Verdict.Continue);
        }

        exchange.Error = ProxyErrors.RateLimited;
        exchange.ErrorStatus = _status;
        exchange.RetryAfterSeconds = (int)Math.Min((decision.WaitNs + NsPerSecond - 1) / NsPerSecond, int.MaxValue);
        return new(Verdict.Answered);
    }

    /// <summary>What the next request of the same client would be told.</summary>
    public Decision Peek(Exchange exchange) => _buckets.Peek(_key.Of(exchange), exchange.Loop.NowMs * NsPerMs);
}
