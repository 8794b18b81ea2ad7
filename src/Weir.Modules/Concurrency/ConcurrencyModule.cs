// Hot: runs for each request that passes the stack.
using System.Globalization;
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.Modules.Limiting;

namespace Weir.Modules.Concurrency;

/// <summary>Lets so many exchanges be in flight at once; others wait, or are refused.</summary>
internal sealed class ConcurrencyModule : IRequestModule
{
    private const string Name = "concurrency";

    private readonly Turnstile _turnstile;
    private readonly Bounds _bounds;
    private readonly int _slot;

    /// <param name="turnstile">The counts, which may be another module's of before a reload.</param>
    /// <param name="bounds">The numbers.</param>
    /// <param name="slot">Where an exchange finds its hold again; -1: it never looks.</param>
    public ConcurrencyModule(Turnstile turnstile, Bounds bounds, int slot)
    {
        _turnstile = turnstile;
        _bounds = bounds;
        _slot = slot;
    }

    /// <summary>Clients that are neither counted nor refused.</summary>
    public IpPrefix[] Exempt { get; init; } = [];

    /// <summary>Where those that would wait or be refused are counted, and pass; null: they do wait.</summary>
    public RefusalTally? DryRun { get; init; }

    /// <summary>What is told of refusals because of the key's own limit.</summary>
    public required RefusalTally OfKey { get; init; }

    /// <summary>What is told of refusals because of the limit of all.</summary>
    public required RefusalTally OfAll { get; init; }

    /// <summary>Counts them.</summary>
    public required ConcurrencyMetrics Counters { get; init; }

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        if (Exempt.Length > 0 && IpPrefix.AnyContains(Exempt, exchange.ClientAddress))
        {
            exchange.Trace?.Add(Name, "exempt");
            return new(Verdict.Continue);
        }

        ulong key = _turnstile.Key?.Of(exchange) ?? 1;
        if (exchange.IsHypothetical)
        {
            exchange.Trace?.Add(Name, Tell(key));
            return new(Verdict.Continue);
        }

        _turnstile.Apply(_bounds);
        if (_turnstile.TryEnter(key, exchange.Loop) is { } hold)
        {
            Keep(exchange, hold);
            exchange.Trace?.Add(Name, Tell(key));
            return new(Verdict.Continue);
        }

        if (DryRun is not null)
        {
            DryRun.Add(exchange.ClientAddress, exchange.Loop.NowMs);
            return new(Verdict.Continue);
        }

        return QueueUp(exchange, key);
    }

    private ValueTask<Verdict> QueueUp(Exchange exchange, ulong key)
    {
        if (exchange.Client.IsGone)
        {
            return new(Refuse(exchange, WaitEnd.Gone, isHeldByKey: false));
        }

        Waiter? waiter = _turnstile.Enqueue(key, exchange.Loop, out bool isHeldByKey);
        if (waiter is null)
        {
            return new(Refuse(exchange, WaitEnd.QueueFull, isHeldByKey));
        }

        if (!waiter.HasEnteredAtOnce)
        {
            exchange.Trace?.Add(Name, "waits: " + Tell(key));
            return WaitAsync(exchange, waiter);
        }

        return new(EndWait(exchange, waiter));
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<Verdict> WaitAsync(Exchange exchange, Waiter waiter)
    {
        await waiter.WaitAsync(exchange.Client);
        return EndWait(exchange, waiter);
    }

    private Verdict EndWait(Exchange exchange, Waiter waiter)
    {
        WaitEnd end = waiter.End;
        ulong key = waiter.Key;
        bool isCounted = waiter.IsCounted;
        bool isHeldByKey = waiter.IsHeldByKey;
        waiter.Places.Return(waiter);
        if (end != WaitEnd.Entered)
        {
            return Refuse(exchange, end, isHeldByKey);
        }

        Keep(exchange, _turnstile.Take(key, exchange.Loop, isCounted));
        return Verdict.Continue;
    }

    private void Keep(Exchange exchange, Hold hold)
    {
        exchange.ReleaseAtEnd(hold);
        if (_slot >= 0)
        {
            exchange.Slot(_slot) = hold;
        }
    }

    private Verdict Refuse(Exchange exchange, WaitEnd end, bool isHeldByKey)
    {
        if (end == WaitEnd.Gone)
        {
            exchange.Error = ProxyErrors.ClientAborted;
            return Verdict.Answered;
        }

        bool isFull = end == WaitEnd.QueueFull;
        Counters.Add(isHeldByKey, isFull);
        (isHeldByKey ? OfKey : OfAll).Add(exchange.ClientAddress, exchange.Loop.NowMs);
        exchange.Error = isHeldByKey ? ProxyErrors.TooManyAtOnce : ProxyErrors.ConcurrencyFull;
        exchange.ErrorDetail = isFull ? "concurrency: the queue is full" : "concurrency: the wait is over";

        // Who has waited that long in vain, or has found that many waiting, need not ask again before.
        exchange.RetryAfterSeconds = (_bounds.WaitMs + 999) / 1000;
        exchange.Trace?.Add(Name, isFull ? "refused: the queue is full" : "refused: the wait is over");
        return Verdict.Answered;
    }

    private string Tell(ulong key)
    {
        string ofKey = _bounds.OfKey > 0
            ? string.Create(CultureInfo.InvariantCulture, $"{_turnstile.InFlightOf(key)} of {_bounds.OfKey} of its key in flight, ")
            : "";
        string ofAll = _turnstile.LimitOfAll is var limit and > 0
            ? string.Create(
                CultureInfo.InvariantCulture, $"{_turnstile.InFlight} of {limit}{(_bounds.Learnt is null ? "" : " (learnt)")} in flight in all, ")
            : "";
        return string.Create(CultureInfo.InvariantCulture, $"{ofKey}{ofAll}{_turnstile.Waiting} waiting");
    }
}
