// Hot: one exchange after the other on a client's connection.
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Http.Http1;
using Weir.Net.Connections;
using Weir.Server.Listening;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.Server.Http1;

/// <summary>
/// A client's HTTP/1.x connection: reads heads, hands exchanges to the handler in order, writes their responses (RFC 9112 sections 9.3
/// and 9.3.2). While it is idle it holds neither buffer nor exchange.
/// </summary>
internal sealed class Http1ClientConnection : ClientStream, IConnectionObserver
{
    // A turn serves this many pipelined requests before others get theirs.
    private const int PipelinedPerTurn = 16;

    // What is copied behind a head to leave in one send; more is gathered by writev instead.
    private const int CopyOctets = 4096;

    // A busy client's next request comes well within this: an idle connection that a drain closed at once would lose it (measured: half of
    // the kept-alive clients under load lost one).
    private const int DrainIdleMs = 1_000;

    private readonly ServerLoop _server;
    private readonly Connection _connection;
    private readonly ConnectionInfo _info;
    private readonly IConnectionEnd _end;
    private readonly ListenerState _listener;
    private Http1RequestBody? _body;
    private Exchange? _exchange;
    private RequestFraming _framing;
    private int _requestCount;
    private int _requestsThisTurn;
    private long _turn;
    private long _sentBefore;
    private RequestMethod _method;
    private bool _isChunked;
    private bool _hasBody;
    private bool _isFinished;
    private bool _isAborted;
    private bool _isTunnel;
    private bool _mustClose;
    private bool _isGone;
    private bool _isIdle;
    private bool _isShed;

    public Http1ClientConnection(ServerLoop server, Connection connection, ConnectionInfo info, IConnectionEnd end)
    {
        _server = server;
        _connection = connection;
        _info = info;
        _end = end;
        _listener = end.Listener;
        connection.Observer = this;
        Link();
    }

    internal Http1ClientConnection? NextConnection { get; private set; }

    internal Http1ClientConnection? PreviousConnection { get; private set; }

    internal Connection Connection => _connection;

    internal ListenerState Listener => _listener;

    internal ServerLimits Limits => _server.Limits;

    public override bool AcceptsInterim => _exchange!.Request.Version != HttpVersion.Http10;

    public override bool AcceptsTrailers => _framing.AcceptsTrailers;

    public override bool IsGone => _isGone || _connection.HasFailed;

    public override bool IsDraining => _server.IsDraining;

    public override long SentOctets => _connection.TotalSent - _sentBefore;

    /// <summary>Begins to serve; from then on the connection lives by its events.</summary>
    public void Start() => _server.Loop.Observe(ServeAsync());

    public void OnUnaskedInput(Connection connection)
    {
        // During an exchange: pipelined octets, or the end of the client's direction while it still reads. Both can wait.
        if (_isIdle)
        {
            _isIdle = false;
            Start();
        }
    }

    public void OnIdleTimeout(Connection connection)
    {
        _server.Counters.Add(Counter.TimeoutClientIdle);
        End();
    }

    public void OnGone(Connection connection)
    {
        _isGone = true;
        if (_isIdle)
        {
            End();
            return;
        }

        AbortWhenGone?.Abort(ProxyErrors.ClientAborted);
    }

    /// <summary>An idle connection ends soon; a busy one says "Connection: close" with its response; a tunnel is told.</summary>
    internal void OnDrain()
    {
        if (_isTunnel)
        {
            TellWhenDraining?.OnDrain();
            return;
        }

        OnListenerClosing();
    }

    /// <summary>As <see cref="OnDrain"/>, but a tunnel lives on.</summary>
    internal void OnListenerClosing()
    {
        if (_isIdle)
        {
            _isIdle = false;
            Start();
        }
    }

    internal void AbortConnection()
    {
        _isGone = true;
        _isAborted = true;
        if (_isIdle)
        {
            End();
            return;
        }

        AbortWhenGone?.Abort(ProxyErrors.Draining);
        _connection.Abort();
    }

    public override ValueTask<ProxyError?> SendInterimAsync(ResponseHead head)
    {
        if (head.Status == 100 && HasOpenBody)
        {
            _body!.OnContinue();
        }

        ResponseWriteOptions options = new() { OmitFraming = true, KeepUpgrade = head.Status == 101 };
        return WriteHeadAsync(head, options, mustFlush: true);
    }

    public override ValueTask<ProxyError?> StartAsync(ResponseHead head, bool hasBody)
    {
        bool isBodiless = head.Status is 204 or 304 || _method == RequestMethod.Head;
        _hasBody = hasBody && !isBodiless;
        BodyLength length = head.BodyLength;
        _isChunked = _hasBody && !length.IsKnown && _exchange!.Request.Version != HttpVersion.Http10;
        if (_hasBody && !length.IsKnown && !_isChunked)
        {
            // RFC 9112 section 6.3: for a client that cannot read chunks the end of the connection is the end of the content.
            length = BodyLength.UntilClose;
            _mustClose = true;
        }
        else if (_isChunked)
        {
            length = BodyLength.Unknown;
        }

        _mustClose |= MustCloseAfterwards();
        ResponseWriteOptions options = new()
        {
            BodyLength = length,
            OmitFraming = head.Status == 204 || (isBodiless && (length.IsNone || !length.IsKnown || head.Fields.Has(KnownField.ContentLength))),
            Close = _mustClose,
            KeepAlive = !_mustClose && _exchange!.Request.Version == HttpVersion.Http10,
            KeepUpgrade = head.Status == 426,
        };
        return WriteHeadAsync(head, options, mustFlush: false);
    }

    public override ValueTask<ProxyError?> WriteAsync(NativeSlice octets)
    {
        if (!_hasBody || octets.IsEmpty)
        {
            return FlushAsync();
        }

        return _isChunked ? WriteChunkAsync(octets) : SendAsync(octets, default);
    }

    public override ValueTask<ProxyError?> FinishAsync(NativeSlice last, HeaderFields? trailers)
    {
        _isFinished = true;
        if (!_hasBody)
        {
            return FlushAsync();
        }

        if (_isChunked)
        {
            return FinishChunkedAsync(last, trailers);
        }

        if (last.Length <= CopyOctets && _connection.OutputCount > 0 && _connection.OutputSpace(last.Length) is { IsEmpty: false } space)
        {
            last.Span.CopyTo(space);
            _connection.CommitOutput(last.Length);
            return FlushAsync();
        }

        return SendAsync(last, default);
    }

    public override void Abort()
    {
        if (_isShed)
        {
            // The client has its whole answer: the connection ends, but a reset could destroy it on its way.
            return;
        }

        _isAborted = true;
        _mustClose = true;
    }

    public override ITunnelEnd? OpenTunnel()
    {
        _isTunnel = true;
        _isFinished = true;
        return new ConnectionTunnel(_connection, ProxyErrors.ClientAborted);
    }

    /// <summary>Serves what there is. An idle connection waits without a frame: its next event starts a new one.</summary>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask ServeAsync()
    {
        try
        {
            while (_connection.ReceivedCount > 0 || HasMore())
            {
                if (!await ReceiveHeadAsync())
                {
                    break;
                }

                await _server.Handler.HandleAsync(_exchange!);
                if (!await EndExchangeAsync())
                {
                    break;
                }
            }

            if (!_isIdle && _connection.IsStarved && _exchange is null)
            {
                // Something came, and there is no memory to read it into.
                await ShedAsync();
                await LingeringClose.RunAsync(_connection);
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
        ReadStatus read = _connection.TryRead();
        if (read == ReadStatus.Pending && !_connection.IsStarved)
        {
            _isIdle = true;
            _connection.WatchIdle(IsEnding ? Math.Min(DrainIdleMs, Limits.IdleTimeoutMs) : Limits.IdleTimeoutMs);
        }

        return read == ReadStatus.Data;
    }

    private void End()
    {
        _isIdle = false;
        Unlink();
        ReleaseExchange();
        _connection.Close(_isAborted);
        _end.OnEnded(_info);
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
        long deadlineMs = _connection.Loop.NowMs + Limits.HeaderTimeoutMs;
        while (status == ParseStatus.NeedMore)
        {
            long waitMs = deadlineMs - _connection.Loop.NowMs;
            ReadStatus read = waitMs <= 0 ? ReadStatus.TimedOut : await _connection.ReadAsync((int)waitMs);
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
        Exchange exchange = _server.RentExchange();
        _exchange = exchange;
        exchange.Begin(_info, this, _server.Loop);
        exchange.Timings.StartedNs = _server.Loop.NowNs;
        exchange.Request.IsHttps = _info.IsTls;
        _sentBefore = _connection.TotalSent;
        _isFinished = false;
        _isChunked = false;
        _hasBody = false;
    }

    private ParseStatus ParseHead(ref int scanned, out RejectReason reason)
    {
        Exchange exchange = _exchange!;
        ParseStatus status = RequestHeadParser.Parse(
            _connection.Received, ref scanned, exchange.Request, Limits.Head, out int consumed, out _framing, out reason);
        if (status != ParseStatus.Complete)
        {
            return status;
        }

        _connection.Consume(consumed);
        _requestCount++;
        _method = exchange.Request.Method;
        exchange.Timings.HeadNs = _server.Loop.NowNs;
        exchange.MustClose = !_framing.IsPersistent;
        _mustClose = false;
        OpenBody(exchange);
        _server.Counters.Add(Counter.ExchangesStarted);
        return ParseStatus.Complete;
    }

    private void OpenBody(Exchange exchange)
    {
        if (_framing.BodyLength.IsNone)
        {
            exchange.RequestBody = BodyReader.Empty;
            return;
        }

        _body ??= new Http1RequestBody(this);
        _body.Begin(exchange, _framing.BodyLength, _framing.ExpectsContinue);
        exchange.RequestBody = _body;
    }

    private bool IsEnding => _server.IsDraining || _listener.IsClosing;

    private bool HasOpenBody => !_framing.BodyLength.IsNone && !_body!.IsComplete;

    private ValueTask<bool> BeginTurnAsync()
    {
        long turn = _server.Loop.TurnCount;
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
        await _server.Loop.YieldAsync();
        return true;
    }

    /// <summary>Cleans up after an exchange. True: the connection can serve another one.</summary>
    private ValueTask<bool> EndExchangeAsync()
    {
        AbortWhenGone = null;
        TellWhenDraining = null;
        if (!_framing.BodyLength.IsNone)
        {
            // What the pump has read but not given back is the request's, not the next one's.
            _body!.End();
        }

        bool isClean = _isFinished && !_isAborted && !_isTunnel && !_connection.HasFailed;
        if (isClean && !_mustClose && !HasOpenBody)
        {
            ReleaseExchange();
            return new(true);
        }

        return EndExchangeSlowAsync(isClean);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<bool> EndExchangeSlowAsync(bool isClean)
    {
        if (!isClean)
        {
            _isAborted |= !_isTunnel;
            return false;
        }

        // The client may still be sending content that nobody wants: a little is read and dropped, so that the connection survives; with
        // much left, or with an Expect that was never answered, it ends.
        bool canGoOn = !_mustClose;
        if (HasOpenBody && canGoOn)
        {
            canGoOn = !_body!.IsAwaitingContinue && await _body.DrainAsync();
        }

        ReleaseExchange();
        if (canGoOn)
        {
            return true;
        }

        await LingeringClose.RunAsync(_connection);
        return false;
    }

    private bool MustCloseAfterwards() =>
        _exchange!.MustClose
        || IsEnding
        || _requestCount >= Limits.RequestsPerConnection
        || (HasOpenBody && (_framing.HasUnknownExpect || _body!.IsAwaitingContinue || _body.HasFailed));

    private ValueTask<ProxyError?> WriteHeadAsync(ResponseHead head, in ResponseWriteOptions options, bool mustFlush)
    {
        Span<byte> space = _connection.OutputSpace(Net.Loops.Loop.SmallBufferOctets / 4);
        int written = space.IsEmpty ? -1 : ResponseHeadWriter.Write(head, options, space);
        if (written < 0)
        {
            return WriteHeadSlowAsync(head, options, mustFlush);
        }

        _connection.CommitOutput(written);
        return mustFlush ? FlushAsync() : default;
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<ProxyError?> WriteHeadSlowAsync(ResponseHead head, ResponseWriteOptions options, bool mustFlush)
    {
        // What gathered before leaves first; then the buffer is chosen by the head's size.
        if (await FlushAsync() is { } flushError)
        {
            return flushError;
        }

        int written = WriteHeadInto(head, options);
        if (written < 0)
        {
            return head.Status < 200 ? ProxyErrors.MemoryExhausted : await ShedAsync(head);
        }

        _connection.CommitOutput(written);
        return mustFlush ? await FlushAsync() : null;
    }

    /// <summary>Answers without a buffer: limits.memory is spent. Always an error, because what was to be sent is not.</summary>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<ProxyError?> ShedAsync(ResponseHead? instead = null)
    {
        _isShed = true;
        _isFinished = true;
        _mustClose = true;
        _hasBody = false;
        if (instead is not null)
        {
            instead.Status = 503;
        }

        _server.Counters.Add(Counter.ConnectionsRefusedMemory);
        _server.Log.Write(OperatorEvents.MemoryLimit, _server.Loop.SmallBuffers.LimitOctets);
        return await SendAsync(FixedResponse.NoMemory.Slice, default) ?? ProxyErrors.MemoryExhausted;
    }

    private int WriteHeadInto(ResponseHead head, in ResponseWriteOptions options)
    {
        Span<byte> space = _connection.OutputSpace(Math.Min(ResponseHeadWriter.MaxOctets(head), Net.Loops.Loop.LargeBufferOctets));
        return space.IsEmpty ? -1 : ResponseHeadWriter.Write(head, options, space);
    }

    private ValueTask<ProxyError?> WriteChunkAsync(NativeSlice octets)
    {
        Span<byte> space = _connection.OutputSpace(16);
        if (space.IsEmpty)
        {
            return WriteChunkSlowAsync(octets);
        }

        _connection.CommitOutput(ChunkWriter.WriteChunkHeader(space, octets.Length));
        return SendAsync(octets, PinnedOctets.CrLf);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<ProxyError?> WriteChunkSlowAsync(NativeSlice octets)
    {
        if (await FlushAsync() is { } error)
        {
            return error;
        }

        return _connection.OutputSpace(16).IsEmpty ? ProxyErrors.MemoryExhausted : await WriteChunkAsync(octets);
    }

    private ValueTask<ProxyError?> FinishChunkedAsync(NativeSlice last, HeaderFields? trailers)
    {
        if (trailers is { Count: > 0 } && _framing.AcceptsTrailers)
        {
            return FinishWithTrailersAsync(last, trailers);
        }

        if (last.IsEmpty)
        {
            return SendAsync(PinnedOctets.LastChunk, default);
        }

        Span<byte> space = _connection.OutputSpace(16);
        if (space.IsEmpty)
        {
            return FinishWithTrailersAsync(last, null);
        }

        _connection.CommitOutput(ChunkWriter.WriteChunkHeader(space, last.Length));
        return SendAsync(last, PinnedOctets.CrLfLastChunk);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<ProxyError?> FinishWithTrailersAsync(NativeSlice last, HeaderFields? trailers)
    {
        if (!last.IsEmpty && await WriteChunkAsync(last) is { } error)
        {
            return error;
        }

        if (await FlushAsync() is { } flushError)
        {
            return flushError;
        }

        return CommitLastChunk(trailers) ? await FlushAsync() : ProxyErrors.MemoryExhausted;
    }

    private bool CommitLastChunk(HeaderFields? trailers)
    {
        int room = trailers is null ? 16 : trailers.ArenaBytes + (trailers.Count * 8) + 1024;
        Span<byte> space = _connection.OutputSpace(Math.Min(room, Net.Loops.Loop.LargeBufferOctets));
        int written = space.IsEmpty ? -1 : ChunkWriter.WriteLast(space, trailers);
        if (written < 0)
        {
            return false;
        }

        _connection.CommitOutput(written);
        return true;
    }

    private ValueTask<ProxyError?> FlushAsync() => SendAsync(default, default);

    private ValueTask<ProxyError?> SendAsync(NativeSlice octets, NativeSlice tail)
    {
        ValueTask<WriteStatus> write = _connection.WriteAsync(octets, tail, Limits.IdleTimeoutMs);
        return write.IsCompletedSuccessfully ? new(ErrorOf(write.Result)) : SendSlowAsync(write);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private static async ValueTask<ProxyError?> SendSlowAsync(ValueTask<WriteStatus> write) => ErrorOf(await write);

    private static ProxyError? ErrorOf(WriteStatus status) => status switch
    {
        WriteStatus.Done => null,
        WriteStatus.TimedOut => ProxyErrors.ClientTooSlow,
        WriteStatus.NoMemory => ProxyErrors.MemoryExhausted,
        _ => ProxyErrors.ClientAborted,
    };

    /// <summary>A head that cannot be used is answered by the codec: there is no exchange to run.</summary>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask RejectAsync(RejectReason reason)
    {
        int status = RejectReasons.Status(reason);
        _server.Counters.Add(CounterFamily.RejectedHeads, (int)reason);
        _server.RejectObserver?.OnRejected(_exchange!, reason, status);
        if (CommitReject(status))
        {
            await FlushAsync();
        }
        else
        {
            await ShedAsync();
        }

        ReleaseExchange();
        await LingeringClose.RunAsync(_connection);
    }

    private bool CommitReject(int status)
    {
        Span<byte> space = _connection.OutputSpace(2048);
        if (space.IsEmpty)
        {
            return false;
        }

        _connection.CommitOutput(RejectResponse.Write(status, _server.Loop.DateValue, space));
        return true;
    }

    private ValueTask EndInHeadAsync(ReadStatus read)
    {
        if (read == ReadStatus.TimedOut)
        {
            _server.Counters.Add(Counter.TimeoutClientHead);
            return RejectAsync(RejectReason.HeadTimeout);
        }

        if (read != ReadStatus.Full)
        {
            return default;
        }

        // A buffer of the head's size may not be had: then that is the reason, and not the head.
        return _connection.ReceivedCount < Limits.Head.HeadOctets ? EndWithoutMemoryAsync() : RejectAsync(RejectReason.HeadTooLarge);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask EndWithoutMemoryAsync()
    {
        await ShedAsync();
        ReleaseExchange();
        await LingeringClose.RunAsync(_connection);
    }

    private void ReleaseExchange()
    {
        if (_exchange is { } exchange)
        {
            _exchange = null;
            _server.ReturnExchange(exchange);
        }
    }

    private void Link()
    {
        NextConnection = _server.FirstConnection;
        if (NextConnection is not null)
        {
            NextConnection.PreviousConnection = this;
        }

        _server.FirstConnection = this;
        _server.ConnectionCount++;
    }

    private void Unlink()
    {
        if (PreviousConnection is null)
        {
            _server.FirstConnection = NextConnection;
        }
        else
        {
            PreviousConnection.NextConnection = NextConnection;
        }

        if (NextConnection is not null)
        {
            NextConnection.PreviousConnection = PreviousConnection;
        }

        _server.ConnectionCount--;
    }
}
