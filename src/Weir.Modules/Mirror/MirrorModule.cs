// Hot: runs for each request that passes the stack.
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Mirror;

/// <summary>Sends copies of requests to another upstream, beside the exchanges and never in their way.</summary>
internal sealed class MirrorModule : IRequestModule
{
    private const string Name = "mirror";

    // Nobody reads the answers: no more of one is taken than comes along with its head.
    private const int LeastWindowOctets = 1;

    private readonly string _to;
    private readonly ulong _threshold;
    private readonly int _bodyOctets;
    private readonly int _mostInFlight;
    private readonly int _timeoutMs;

    // Of all loops together: atomic.
    private int _inFlight;

    public MirrorModule(MirrorOptions options)
    {
        _to = options.To;
        _threshold = (ulong)(options.Percent.Fraction * (1UL << 32));
        _bodyOctets = (int)options.Body.Octets;
        _mostInFlight = options.InFlight;
        _timeoutMs = (int)options.Timeout.TotalMilliseconds;
    }

    /// <summary>Copies on their way.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        if ((exchange.Loop.NextRandom() & uint.MaxValue) >= _threshold)
        {
            exchange.Trace?.Add(Name, "not drawn");
            return new(Verdict.Continue);
        }

        RequestHead request = exchange.Request;
        if (request.Fields.Has(KnownField.Upgrade) || request.BodyLength.Octets > _bodyOctets)
        {
            exchange.Trace?.Add(Name, "no copy: an upgrade, or more content than is copied");
            return new(Verdict.Continue);
        }

        exchange.Trace?.Add(Name, $"a copy goes to {_to}");
        if (!exchange.IsHypothetical)
        {
            Begin(exchange);
        }

        return new(Verdict.Continue);
    }

    /// <summary>Sends a copy, unless too many are on their way.</summary>
    internal void Send(Exchange exchange, RequestHead request, PinnedBody? content)
    {
        if (exchange.Fetcher is not { } fetcher)
        {
            return;
        }

        if (Interlocked.Increment(ref _inFlight) > _mostInFlight)
        {
            Interlocked.Decrement(ref _inFlight);
            return;
        }

        exchange.Loop.Observe(SendAsync(fetcher, exchange, request, content));
    }

    // What modules below and the forwarding change is not in the copy: the head is taken as it is now, the content as it passes by.
    private void Begin(Exchange exchange)
    {
        if (exchange.Request.BodyLength.IsNone)
        {
            Send(exchange, exchange.Request, null);
            return;
        }

        if (InFlight < _mostInFlight)
        {
            exchange.RequestBody = new CopyingBody(exchange, this, _bodyOctets);
        }
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask SendAsync(IFetcher fetcher, Exchange exchange, RequestHead request, PinnedBody? content)
    {
        try
        {
            FetchResult result = await fetcher.FetchUpstreamAsync(exchange, _to, request, _timeoutMs, LeastWindowOctets, content);
            result.Body?.Release();
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }
}
