using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Modules.Maintenance;

/// <summary>Asks the origin whether it works, through everything that stands below the module.</summary>
internal sealed class Verifier
{
    private readonly Verification _verification;
    private readonly byte[] _path;
    private readonly VerifyOptions _options;

    public Verifier(byte[] path, VerifyOptions options)
    {
        _path = path;
        _options = options;
        IntervalMs = (long)options.Interval.TotalMilliseconds;
        _verification = new Verification(options.Rise, IntervalMs);
    }

    /// <summary>The least time between two questions.</summary>
    public long IntervalMs { get; }

    /// <summary>Whether the window that ended at a time still keeps visitors out.</summary>
    public bool IsNeeded(long endMs, long nowMs) => _verification.IsNeeded(endMs, nowMs);

    /// <summary>Asks if it is time to. True: visitors may come in.</summary>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public async ValueTask<bool> VerifyAsync(Exchange exchange, long endMs)
    {
        if (exchange.Fetcher is not { } fetcher || !_verification.TryBegin(exchange.Loop.UnixMs))
        {
            return false;
        }

        bool isGood = false;
        try
        {
            FetchResult result = await fetcher.FetchBelowAsync(exchange, Question(exchange), (int)_options.Timeout.TotalMilliseconds);
            isGood = result.Head is { } head && head.Status >= _options.StatusFrom && head.Status <= _options.StatusTo;
            result.Body?.Release();
        }
        finally
        {
            isGood = _verification.OnAnswer(isGood, endMs);
        }

        return isGood;
    }

    // The host is the visitor's: it leads to the site. Nothing else of the visitor's goes along.
    private RequestHead Question(Exchange exchange)
    {
        RequestHead head = new();
        exchange.Request.CopyTo(head);
        for (int slot = 0; slot < head.Fields.SlotCount; slot++)
        {
            if (!head.Fields.IsRemoved(slot) && head.Fields.FieldAt(slot) != KnownField.Host)
            {
                head.Fields.RemoveAt(slot);
            }
        }

        head.SetMethod(head.Fields.Store("GET"u8));
        head.ReplacePath(_path);
        head.ReplaceQuery(default, hasQuery: false);
        head.BodyLength = BodyLength.None;
        return head;
    }
}
