// Hot: one exchange after the other on a client's connection.
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Http.Http1;
using Weir.Net.Connections;
using Weir.Server.Listening;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.Server.Http1;

/// <summary>
/// The life of a client's HTTP/1.x connection: reads heads and hands exchanges to the handler in order (RFC 9112 sections 9.3 and 9.3.2);
/// each is served by an <see cref="Http1ClientStream"/>. While it is idle it holds neither buffer nor exchange.
/// </summary>
internal sealed class Http1ClientConnection : ClientConnection
{
    // A turn serves this many pipelined requests before others get theirs.
    private const int PipelinedPerTurn = 16;

    // A busy client's next request comes well within this: an idle connection that a drain closed at once would lose it (measured: half of
    // the kept-alive clients under load lost one).
    private const int DrainIdleMs = 1_000;

    private Http1ClientStream? _stream;
    private int _requestCount;
    private int _requestsThisTurn;
    private long _turn;
    private bool _isAborted;
    private bool _isIdle;

    public Http1ClientConnection(ServerLoop server, Connection connection, ConnectionInfo info, IConnectionEnd end)
        : base(server, connection, info, end)
    {
    }

    /// <summary>Whether the client is known to be gone.</summary>
    internal bool IsGone { get; private set; }

    internal bool IsLastRequest => IsEnding || _requestCount >= Limits.RequestsPerConnection;

    public override void Start() => Server.Loop.Observe(ServeAsync());

    public override void OnUnaskedInput(Connection connection)
    {
        // During an exchange: pipelined octets, or the end of the client's direction while it still reads. Both can wait.
        if (_isIdle)
        {
            _isIdle = false;
            Start();
        }
    }

    public override void OnIdleTimeout(Connection connection)
    {
        Server.Counters.Add(Counter.TimeoutClientIdle);
        End();
    }

    public override void OnGone(Connection connection)
    {
        IsGone = true;
        if (_isIdle)
        {
            End();
            return;
        }

        _stream?.AbortWhenGone?.Abort(ProxyErrors.ClientAborted);
    }

    internal override void OnDrain()
    {
        if (_stream is { IsTunnel: true } tunnel)
        {
            tunnel.TellWhenDraining?.OnDrain();
            return;
        }

        OnListenerClosing();
    }

    internal override void OnListenerClosing()
    {
        if (_isIdle)
        {
            _isIdle = false;
            Start();
        }
    }

    internal override void AbortConnection()
    {
        IsGone = true;
        _isAborted = true;
        if (_isIdle)
        {
            End();
            return;
        }

        _stream?.AbortWhenGone?.Abort(ProxyErrors.Draining);
        Connection.Abort();
    }

    internal ValueTask<ProxyError?> FlushAsync() => SendAsync(default);

    /// <summary>Sends what has gathered, then the octets.</summary>
    internal ValueTask<ProxyError?> SendAsync(NativeSlice octets) =>
        OutcomeOf(Connection.WriteAsync(octets, default, Limits.IdleTimeoutMs));

    /// <summary>What the end of a write means for an exchange.</summary>
    internal ValueTask<ProxyError?> OutcomeOf(ValueTask<WriteStatus> write) =>
        write.IsCompletedSuccessfully ? new(ErrorOf(write.Result)) : OutcomeOfSlowAsync(write);

    /// <summary>Answers without a buffer: limits.memory is spent.</summary>
    internal ValueTask<ProxyError?> SendNoMemoryAsync()
    {
        Server.Counters.Add(Counter.ConnectionsRefusedMemory);
        Server.Log.Write(OperatorEvents.MemoryLimit, Server.Loop.SmallBuffers.LimitOctets);
        return SendAsync(FixedResponse.NoMemory.Slice);
    }

    /// <summary>Serves what there is. An idle connection waits without a frame: its next event starts a new one.</summary>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask ServeAsync()
    {
        try
        {
            while (Connection.ReceivedCount > 0 || HasMore())
            {
                if (!await ReceiveHeadAsync())
                {
                    break;
                }

                await Server.Handler.HandleAsync(_stream!.Exchange!);
                if (!await EndExchangeAsync())
                {
                    break;
                }
            }

            if (!_isIdle && Connection.IsStarved && _stream is null)
            {
                // Something came, and there is no memory to read it into.
                await SendNoMemoryAsync();
                await LingeringClose.RunAsync(Connection);
            }
        }
        finally
        {
            if (!_isIdle)
            {
                End();
            }
        }
    }

    /// <summary>Whether octets of a next request are there; if they may still come, the connection is idle from now on.</summary>
    private bool HasMore()
    {
        // Also while draining: what a client sends before it can know is answered, and told "Connection: close".
        ReadStatus read = Connection.TryRead();
        if (read == ReadStatus.Pending && !Connection.IsStarved)
        {
            _isIdle = true;
            Connection.WatchIdle(IsEnding ? Math.Min(DrainIdleMs, Limits.IdleTimeoutMs) : Limits.IdleTimeoutMs);
        }

        return read == ReadStatus.Data;
    }

    private void End()
    {
        _isIdle = false;
        _isAborted |= _stream is { IsAborted: true };
        ReleaseStream();
        Close(_isAborted);
    }

    /// <summary>Reads the next request's head, whose first octets are there. False: the connection ends.</summary>
    private ValueTask<bool> ReceiveHeadAsync()
    {
        BeginExchange();
        int scanned = 0;
        ParseStatus status = ParseHead(ref scanned, out RejectReason reason);
        return status == ParseStatus.Complete ? BeginTurnAsync() : ReceiveHeadSlowAsync(scanned, status, reason);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<bool> ReceiveHeadSlowAsync(int scanned, ParseStatus status, RejectReason reason)
    {
        long deadlineMs = Connection.Loop.NowMs + Limits.HeaderTimeoutMs;
        while (status == ParseStatus.NeedMore)
        {
            long waitMs = deadlineMs - Connection.Loop.NowMs;
            ReadStatus read = waitMs <= 0 ? ReadStatus.TimedOut : await Connection.ReadAsync((int)waitMs);
            if (read != ReadStatus.Data)
            {
                await EndInHeadAsync(read);
                return false;
            }

            status = ParseHead(ref scanned, out reason);
        }

        if (status == ParseStatus.Complete)
        {
            return await BeginTurnAsync();
        }

        await RejectAsync(reason);
        return false;
    }

    private void BeginExchange()
    {
        Exchange exchange = Server.RentExchange();
        _stream = Server.RentStream();
        _stream.Begin(this, exchange);
        exchange.Begin(Info, _stream, Server.Loop);
        exchange.Timings.StartedNs = Server.Loop.NowNs;
        exchange.Request.IsHttps = Info.IsTls;
    }

    private ParseStatus ParseHead(ref int scanned, out RejectReason reason)
    {
        Http1ClientStream stream = _stream!;
        Exchange exchange = stream.Exchange!;
        ParseStatus status = RequestHeadParser.Parse(
            Connection.Received, ref scanned, exchange.Request, Limits.Head, out int consumed, out RequestFraming framing, out reason);
        if (status != ParseStatus.Complete)
        {
            return status;
        }

        if (framing.TargetForm == TargetForm.Absolute && framing.IsTargetHttps != Info.IsTls && !Info.IsTrustedProxy)
        {
            // RFC 9110 section 7.4: a resource of https is not served on a connection that did not prove it, but for a trusted gateway.
            reason = RejectReason.WrongScheme;
            return ParseStatus.Rejected;
        }

        Connection.Consume(consumed);
        _requestCount++;
        exchange.Timings.HeadNs = Server.Loop.NowNs;
        stream.OnHead(framing);
        Server.Counters.Add(Counter.ExchangesStarted);
        return ParseStatus.Complete;
    }

    private ValueTask<bool> BeginTurnAsync()
    {
        long turn = Server.Loop.TurnCount;
        if (turn != _turn)
        {
            _turn = turn;
            _requestsThisTurn = 0;
        }

        return ++_requestsThisTurn <= PipelinedPerTurn ? new(true) : YieldAsync();
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<bool> YieldAsync()
    {
        await Server.Loop.YieldAsync();
        return true;
    }

    /// <summary>Cleans up after an exchange. True: the connection can serve another one.</summary>
    private ValueTask<bool> EndExchangeAsync()
    {
        Http1ClientStream stream = _stream!;
        stream.EndExchange();
        if (stream.IsClean && !stream.MustClose && !stream.HasOpenBody)
        {
            ReleaseStream();
            return new(true);
        }

        return EndExchangeSlowAsync(stream);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<bool> EndExchangeSlowAsync(Http1ClientStream stream)
    {
        if (!stream.IsClean)
        {
            _isAborted |= !stream.IsTunnel;
            return false;
        }

        bool canGoOn = !stream.MustClose && (!stream.HasOpenBody || await stream.DrainAsync());
        ReleaseStream();
        if (canGoOn)
        {
            return true;
        }

        await LingeringClose.RunAsync(Connection);
        return false;
    }

    /// <summary>A head that cannot be used is answered by the codec: there is no exchange to run.</summary>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask RejectAsync(RejectReason reason)
    {
        int status = RejectReasons.Status(reason);
        Server.Counters.Add(CounterFamily.RejectedHeads, (int)reason);
        Server.RejectObserver?.OnRejected(_stream!.Exchange!, reason, status);
        LimitNotes.Write(Server.Log, Info, reason);
        if (CommitReject(status))
        {
            await FlushAsync();
        }
        else
        {
            await SendNoMemoryAsync();
        }

        ReleaseStream();
        await LingeringClose.RunAsync(Connection);
    }

    private bool CommitReject(int status)
    {
        Span<byte> space = Connection.OutputSpace(2048);
        if (space.IsEmpty)
        {
            return false;
        }

        Connection.CommitOutput(RejectResponse.Write(status, Server.Loop.DateValue, space));
        return true;
    }

    private ValueTask EndInHeadAsync(ReadStatus read)
    {
        if (read == ReadStatus.TimedOut)
        {
            Server.Counters.Add(Counter.TimeoutClientHead);
            return RejectAsync(RejectReason.HeadTimeout);
        }

        if (read != ReadStatus.Full)
        {
            return default;
        }

        // A buffer of the head's size may not be had: then that is the reason, and not the head.
        return Connection.ReceivedCount < Limits.Head.HeadOctets ? EndWithoutMemoryAsync() : RejectAsync(RejectReason.HeadTooLarge);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask EndWithoutMemoryAsync()
    {
        await SendNoMemoryAsync();
        ReleaseStream();
        await LingeringClose.RunAsync(Connection);
    }

    private void ReleaseStream()
    {
        if (_stream is { } stream)
        {
            _stream = null;
            Server.ReturnExchange(stream.Release());
            Server.ReturnStream(stream);
        }
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private static async ValueTask<ProxyError?> OutcomeOfSlowAsync(ValueTask<WriteStatus> write) => ErrorOf(await write);

    private static ProxyError? ErrorOf(WriteStatus status) => status switch
    {
        WriteStatus.Done => null,
        WriteStatus.TimedOut => ProxyErrors.ClientTooSlow,
        WriteStatus.NoMemory => ProxyErrors.MemoryExhausted,
        _ => ProxyErrors.ClientAborted,
    };
}
