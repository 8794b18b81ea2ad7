// Hot: asked for each request or response that passes the stack.
using System.Globalization;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.Expressions;

namespace Weir.Modules.Filter;

/// <summary>A compiled rule. Immutable but for its counters, which are atomic; shared by all loops.</summary>
internal sealed class FilterRule
{
    private const long IntervalMs = 10_000;
    private const int LongestPath = 200;

    private long _nextMs;

    /// <summary>The name in logs, traces and metrics.</summary>
    public required string Name { get; init; }

    public required Condition Condition { get; init; }

    public required FilterAction Action { get; init; }

    /// <summary>Whether it is counted and does nothing.</summary>
    public required bool OnlyCounts { get; init; }

    public required ModuleCounter Counter { get; init; }

    public required ModuleLog Log { get; init; }

    /// <summary>The bit of `do: tag` or `do: challenge`.</summary>
    public ulong Tag { get; init; }

    public int Status { get; init; }

    public byte[] ContentType { get; init; } = [];

    /// <summary>What a blocked client gets; null: the error page.</summary>
    public PinnedBody? Body { get; init; }

    /// <summary>Asks the rule, and does what it says; true when it blocks.</summary>
    public bool Apply(Exchange exchange) => Condition.Holds(exchange) && Act(exchange);

    /// <summary>Answers a request that is blocked.</summary>
    public Verdict Refuse(Exchange exchange)
    {
        exchange.ErrorDetail = $"filter rule \"{Name}\"";
        if (Body is null)
        {
            exchange.Error = ProxyErrors.Filtered;
            exchange.ErrorStatus = Status;
        }
        else
        {
            exchange.Answer(Status, ContentType, Body);
        }

        return Verdict.Answered;
    }

    /// <summary>Puts an answer in the place of a response that is blocked.</summary>
    public void Replace(Exchange exchange, PinnedBody text)
    {
        exchange.ErrorDetail = $"filter rule \"{Name}\"";
        exchange.ResponseBody.Cancel();
        exchange.Answer(Status, Body is null ? "text/plain; charset=utf-8"u8 : ContentType, Body ?? text);
    }

    private bool Act(Exchange exchange)
    {
        exchange.Trace?.Add("filter", $"rule \"{Name}\" holds: {(OnlyCounts ? "counted" : Word())}");
        if (!exchange.IsHypothetical)
        {
            Counter.Add();
            if (Action == FilterAction.Log || OnlyCounts)
            {
                Tell(exchange);
            }
        }

        if (OnlyCounts)
        {
            return false;
        }

        exchange.Tags |= Tag;
        return Action == FilterAction.Block;
    }

    private string Word() => Action switch
    {
        FilterAction.Block => "blocked",
        FilterAction.Tag => "tagged",
        FilterAction.Challenge => "challenged",
        _ => "logged",
    };

    // One line for each rule in ten seconds: whoever can send requests must not be able to fill a disk.
    private void Tell(Exchange exchange)
    {
        long nowMs = exchange.Loop.NowMs;
        long nextMs = Volatile.Read(ref _nextMs);
        if (nowMs >= nextMs && Interlocked.CompareExchange(ref _nextMs, nowMs + IntervalMs, nextMs) == nextMs)
        {
            string path = exchange.Request.PathText;
            Log.Note(string.Create(
                CultureInfo.InvariantCulture,
                $"Rule \"{Name}\" {(OnlyCounts ? "would have acted" : "held")} {Counter.Value} times so far, now on {exchange.ClientAddress} with {path[..Math.Min(path.Length, LongestPath)]}."));
        }
    }
}
