// Hot: runs for each request that passes the stack.
using System.Globalization;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Modules.Limiting;

namespace Weir.Modules.RateLimit;

/// <summary>Refuses what comes faster than its rates.</summary>
internal sealed class RateLimitModule : IRequestModule
{
    private const string Name = "rate_limit";
    private const long NsPerMs = 1_000_000;
    private const long NsPerSecond = 1_000_000_000;

    private readonly Quotas _quotas;
    private readonly RequestKey _key;
    private readonly IpPrefix[] _exempt;
    private readonly int _status;
    private readonly RateLimitFields? _fields;

    /// <param name="quotas">The rates.</param>
    /// <param name="key">Whose requests are counted together.</param>
    /// <param name="exempt">Clients that are neither counted nor refused.</param>
    /// <param name="status">The status of a refusal.</param>
    /// <param name="fields">What tells clients what they have left; null: nothing does.</param>
    public RateLimitModule(Quotas quotas, RequestKey key, IpPrefix[] exempt, int status, RateLimitFields? fields)
    {
        _quotas = quotas;
        _key = key;
        _exempt = exempt;
        _status = status;
        _fields = fields;
    }

    /// <summary>What becomes of keys that are refused again and again; null: nothing more.</summary>
    public Penalty? Penalty { get; init; }

    /// <summary>Where refusals are counted instead of made; null: they are made.</summary>
    public RefusalTally? DryRun { get; init; }

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        if (IsExempt(exchange))
        {
            exchange.Trace?.Add(Name, "exempt");
            return new(Verdict.Continue);
        }

        ulong key = _key.Of(exchange);
        long nowNs = NowNs(exchange);
        long bannedNs = Penalty?.LeftNs(key, nowNs) ?? 0;
        if (bannedNs > 0)
        {
            exchange.Trace?.Add(Name, "refused: a penalty for earlier refusals");
            return Refuse(exchange, key, bannedNs);
        }

        BucketDecision decision = exchange.IsHypothetical ? _quotas.Peek(key, nowNs) : _quotas.Spend(key, nowNs);
        exchange.Trace?.Add(
            Name, string.Create(CultureInfo.InvariantCulture, $"{(decision.IsAllowed ? "allowed" : "refused")}, {decision.Left} left"));
        if (decision.IsAllowed)
        {
            return new(Verdict.Continue);
        }

        bool isBanned = !exchange.IsHypothetical && Penalty is not null && Penalty.Note(key, nowNs);
        return Refuse(exchange, key, isBanned ? Penalty!.LeftNs(key, nowNs) : decision.WaitNs);
    }

    /// <summary>Says in a response what its client has left.</summary>
    public void Tell(Exchange exchange, HeaderFields fields)
    {
        if (!IsExempt(exchange))
        {
            _fields!.Set(fields, _quotas, _key.Of(exchange), NowNs(exchange));
        }
    }

    private static long NowNs(Exchange exchange) => exchange.Loop.NowMs * NsPerMs;

    private bool IsExempt(Exchange exchange) => _exempt.Length > 0 && IpPrefix.AnyContains(_exempt, exchange.ClientAddress);

    private ValueTask<Verdict> Refuse(Exchange exchange, ulong key, long waitNs)
    {
        if (DryRun is not null)
        {
            if (!exchange.IsHypothetical)
            {
                DryRun.Add(exchange.ClientAddress, exchange.Loop.NowMs);
            }

            return new(Verdict.Continue);
        }

        exchange.Error = ProxyErrors.RateLimited;
        exchange.ErrorStatus = _status;
        exchange.RetryAfterSeconds = (int)Math.Min((waitNs + NsPerSecond - 1) / NsPerSecond, int.MaxValue);
        _fields?.Set(exchange.ErrorFields, _quotas, key, NowNs(exchange));
        return new(Verdict.Answered);
    }
}
