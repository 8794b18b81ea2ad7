using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Net.Loops;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.Fetching;
using Weir.Upstream;
using Weir.Upstream.Pooling;

namespace Weir.Pipeline.Forwarding;

/// <summary>
/// The second try of a hedged request, beside the first. It owns its hold on the origin and its place there until the exchange takes them,
/// and gives them up itself otherwise. Once cancelled it runs to its end alone and touches the exchange no more.
/// </summary>
internal sealed class HedgeLeg : IAbortable
{
    private readonly Passage _passage;
    private readonly UpstreamState _upstream;
    private readonly ServerState _server;
    private readonly ForwardPolicy _policy;
    private readonly Loop _loop;
    private readonly ServerBlame _blame;
    private readonly LoopSignal _over;
    private readonly OriginStream _first;
    private readonly ResponseHead _head = new();
    private OriginStream? _origin;
    private bool _hasPlace;
    private bool _isCancelled;
    private long _sentNs;

    public HedgeLeg(Passage passage, ServerState server, OriginStream first, ForwardPolicy policy, ServerBlame blame)
    {
        _passage = passage;
        _upstream = passage.Upstream!;
        _server = server;
        _policy = policy;
        _loop = (Loop)passage.Exchange.Loop;
        _blame = blame;
        _first = first;
        _over = new LoopSignal(_loop);
        _hasPlace = policy.RequestLimit != 0;
    }

    public ServerState Server => _server;

    /// <summary>Whether it has come to its end: with a head, or without one.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Whether it holds a response's head that nobody has taken.</summary>
    public bool HasHead { get; private set; }

    /// <summary>Why the client's end cut it off while nothing else was waited for.</summary>
    public ProxyError? Aborted { get; private set; }

    public void Start() => _loop.Observe(RunAsync());

    /// <summary>Waits for its end; the first try waits for nothing any more.</summary>
    public ValueTask WaitAsync() => IsOver ? default : _over.WaitAsync();

    /// <summary>The exchange goes on with this hold; the first one was given up.</summary>
    public void GiveTo(Passage passage)
    {
        Exchange exchange = passage.Exchange;
        HasHead = false;
        passage.Server = _server;
        passage.Place = _hasPlace ? _server : null;
        passage.Origin = _origin;
        exchange.ServerName = _server.Name;
        exchange.Client.AbortWhenGone = _origin;
        exchange.IsOriginReused = _origin!.IsReused;
        exchange.Timings.SentNs = _sentNs;
        exchange.Response.Clear();
        exchange.Response.Status = _head.Status;
        exchange.Response.Version = _head.Version;
        exchange.Response.BodyLength = _head.BodyLength;
        _head.Fields.CopyTo(exchange.Response.Fields);
        _origin = null;
        _hasPlace = false;
        _sentNs = 0;
    }

    /// <summary>Nobody wants it any more; harmless once it was taken.</summary>
    public void Cancel()
    {
        _isCancelled = true;
        if (IsOver)
        {
            Release();
        }
        else
        {
            // What waits ends in a turn of its own, and then releases.
            _origin?.Abort(ProxyErrors.ClientAborted);
        }
    }

    /// <inheritdoc/>
    public void Abort(ProxyError reason)
    {
        Aborted = reason;
        _over.Set();
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask RunAsync()
    {
        ProxyError? error = ProxyErrors.Internal;
        try
        {
            error = await AskAsync();
        }
        finally
        {
            // Also after a defect: who waits goes on, and nothing stays held.
            Settle(error);
        }
    }

    private void Settle(ProxyError? error)
    {
        IsOver = true;
        if (_isCancelled)
        {
            Release();
            return;
        }

        HasHead = error is null && !IsRefused(_head.Status);
        if (!HasHead)
        {
            _blame.OnFailure(_upstream, _server, _loop, error, _origin?.RejectDetail);
            Release();
        }

        // Whichever the exchange waits for.
        _first.StopWaiting();
        _over.Set();
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<ProxyError?> AskAsync()
    {
        OriginPool pool = _server.PoolOf(_loop.Index);
        TryTime time = TryTime.Begin(_policy, _loop);
        _origin = RequestSending.TakePooled(_passage, pool, _policy);
        while (true)
        {
            bool mayBeStale = _origin is not null;
            ProxyError? error = mayBeStale ? null : await ConnectAsync(pool, time);
            error ??= _isCancelled ? ProxyErrors.ClientAborted : await ReadHeadAsync(time);
            if (error is null || !mayBeStale || _isCancelled || _origin!.HasReceived || !ReferenceEquals(error, ProxyErrors.OriginReset))
            {
                return time.ErrorOf(error, _loop);
            }

            // It had grown too old in its pool.
            _origin.Release();
            _origin = null;
        }
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<ProxyError?> ConnectAsync(OriginPool pool, TryTime time)
    {
        OriginLease lease = await RequestSending.ConnectAsync(_passage, pool, time);
        _origin = lease.Stream;
        return lease.Error;
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<ProxyError?> ReadHeadAsync(TryTime time)
    {
        OriginStream origin = _origin!;
        Exchange exchange = _passage.Exchange;
        if (_policy.ProxyProtocolVersion != 0)
        {
            origin.WriteProxyHeader(exchange.Connection, exchange.ClientAddress, _policy.ProxyProtocolVersion);
        }

        _sentNs = _loop.NowNs;
        ProxyError? error = await origin.SendHeadAsync(exchange.Request, RequestSending.OptionsOf(_passage, _policy, time));
        long endsMs = _loop.NowMs + _policy.FirstByteTimeoutMs;
        while (error is null && !_isCancelled)
        {
            if (origin.TryReadHead(_head, out error))
            {
                return error;
            }

            int waitMs = time.Left((int)Math.Max(endsMs - _loop.NowMs, 1), _loop);
            error = origin.ErrorOf(await origin.WaitAsync(waitMs));
        }

        return error ?? ProxyErrors.ClientAborted;
    }

    // An answer that would be tried again is no reason to leave a server that has not answered yet.
    private bool IsRefused(int status)
    {
        for (int i = 0; i < _policy.RetryStatuses.Count; i++)
        {
            if (_policy.RetryStatuses[i] == status)
            {
                return true;
            }
        }

        return false;
    }

    private void Release()
    {
        HasHead = false;
        if (_sentNs != 0)
        {
            // A hold that was taken is counted by who took it.
            _sentNs = 0;
            _server.TallyOf(_loop.Index).OnTry();
        }

        OriginStream? origin = _origin;
        _origin = null;
        origin?.Release();
        if (_hasPlace)
        {
            _hasPlace = false;
            _upstream.Queue.Leave(_server, _loop.Index);
        }
    }
}
