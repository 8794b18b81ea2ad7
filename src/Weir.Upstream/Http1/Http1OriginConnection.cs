// Hot: one exchange after the other on an origin's connection.
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Http.Http1;
using Weir.Net.Connections;
using Weir.Net.Loops;
using Weir.Net.ProxyProtocol;
using Weir.Telemetry.Counting;
using Weir.Upstream.Pooling;

namespace Weir.Upstream.Http1;

/// <summary>An HTTP/1.x connection to an origin: in its pool, or on lease to one exchange.</summary>
internal sealed class Http1OriginConnection : OriginStream, IConnectionObserver
{
    private readonly OriginPool _pool;
    private readonly Connection _connection;
    private readonly Http1ResponseBody _body;
    private ResponseFraming _framing;
    private ProxyError? _reason;
    private RequestMethod _method;
    private int _scanned;
    private int _keepAliveMs;
    private int _writeTimeoutMs;
    private long _receivedBefore;
    private long _sentBefore;
    private bool _isLeased;
    private bool _isReused;
    private bool _isRequestChunked;
    private bool _isRequestComplete;
    private bool _isHeadComplete;
    private bool _isTunnel;
    private bool _belongsToClient;
    private bool _isHeadWritten;
    private bool _lacksProxyHeader;
    private string? _rejectDetail;

    public Http1OriginConnection(OriginPool pool, Connection connection)
    {
        _pool = pool;
        _connection = connection;
        _body = new Http1ResponseBody(connection);
        _keepAliveMs = int.MaxValue;
        connection.Observer = this;
    }

    public Http1OriginConnection? Newer { get; set; }

    public Http1OriginConnection? Older { get; set; }

    public long IdleSinceMs { get; set; }

    /// <summary>Whether it counts against the server's limit of connections.</summary>
    public bool HoldsSlot { get; init; }

    /// <summary>Whether it was made because the server's HTTP/2 takes no tunnels: then nobody knows that it speaks HTTP/1.1.</summary>
    public bool IsOnlyForTunnel { get; init; }

    public override bool IsReused => _isReused;

    public override bool HasReceived => _connection.TotalReceived != _receivedBefore;

    public override bool HasSent => _connection.TotalSent != _sentBefore;

    public override bool IsHttp10 => _pool.IsHttp10;

    public override string? RejectDetail => _rejectDetail ?? _body.RejectDetail;

    public override BodyReader ResponseBody => _body;

    public void Begin(bool isReused)
    {
        _isLeased = true;
        _isReused = isReused;
        _framing = default;
        _reason = null;
        _scanned = 0;
        _receivedBefore = _connection.TotalReceived;
        _sentBefore = _connection.TotalSent;
        _isRequestChunked = false;
        _isRequestComplete = false;
        _isHeadComplete = false;
        _isTunnel = false;
        _belongsToClient = false;
        _isHeadWritten = false;
        _lacksProxyHeader = false;
        _rejectDetail = null;
    }

    /// <summary>
    /// Whether a pooled connection may be used. What arrived on it has closed it already; a request that cannot be repeated also wants
    /// proof that it is open now, and that the server has no reason to close it at this moment.
    /// </summary>
    public bool IsFit(bool mustBeFresh)
    {
        long idleMs = _connection.Loop.NowMs - IdleSinceMs;
        if (idleMs >= _keepAliveMs || _connection.HasFailed || _connection.IsPeerClosing)
        {
            return false;
        }

        return !(mustBeFresh || _connection.MayHaveInput) || _connection.IsKnownOpen();
    }

    public override ValueTask<ProxyError?> SendHeadAsync(RequestHead head, in OriginRequestOptions options)
    {
        _method = head.Method;
        _writeTimeoutMs = options.WriteTimeoutMs;
        _body.IdleTimeoutMs = options.IdleTimeoutMs;
        _isRequestChunked = !options.BodyLength.IsKnown;
        RequestWriteOptions write = new()
        {
            BodyLength = options.BodyLength,
            KeepUpgrade = options.KeepUpgrade,
            SendTeTrailers = options.SendTeTrailers,
            Close = options.Close,
            UseRawTarget = options.UseRawTarget,
        };
        Span<byte> space = _connection.OutputSpace(Loop.SmallBufferOctets / 2);
        int written = space.IsEmpty || _lacksProxyHeader ? -1 : RequestHeadWriter.Write(head, write, space);
        if (written < 0 && (_lacksProxyHeader || !TryWriteLargeHead(head, write, out written)))
        {
            return new(ProxyErrors.MemoryExhausted);
        }

        _isHeadWritten = true;
        _connection.CommitOutput(written);
        if (!options.BodyLength.IsNone)
        {
            // The head waits for the first octets of the content: see WriteBodyAsync. Who has none yet flushes.
            return default;
        }

        _isRequestComplete = true;
        return FlushAsync();
    }

    public override void WriteProxyHeader(ConnectionInfo connection, IpAddress client, int version)
    {
        int port = client == connection.Remote ? connection.RemotePort : 0;
        WriteProxyHeader(new ProxyHeader(true, client, port, connection.Local, connection.LocalPort), version);
    }

    public override void WriteOwnProxyHeader(int version) => WriteProxyHeader(default, version);

    public override ValueTask<ProxyError?> WriteBodyAsync(NativeSlice octets)
    {
        if (!_isHeadWritten)
        {
            // Without its head the content would be taken for one.
            return new(ProxyErrors.MemoryExhausted);
        }

        if (octets.IsEmpty || !_isRequestChunked)
        {
            return SendAsync(octets);
        }

        Span<byte> size = stackalloc byte[ChunkWriter.MaxHeaderOctets];
        int written = ChunkWriter.WriteChunkHeader(size, octets.Length);
        return OutcomeOf(_connection.WriteFramedAsync(size[..written], octets, ChunkWriter.ChunkEnd, _writeTimeoutMs));
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public override async ValueTask<ProxyError?> FinishBodyAsync(NativeSlice last, HeaderFields? trailers)
    {
        ProxyError? error = last.IsEmpty && _isHeadWritten ? null : await WriteBodyAsync(last);
        if (error is null && _isRequestChunked)
        {
            error = CommitLastChunk(trailers) ? null : ProxyErrors.MemoryExhausted;
        }

        error ??= await FlushAsync();
        _isRequestComplete = error is null;
        return error;
    }

    public override bool TryReadHead(ResponseHead head, out ProxyError? error)
    {
        error = null;
        ReadOnlySpan<byte> received = _connection.Received;
        if (received.IsEmpty)
        {
            return false;
        }

        ParseStatus status = ResponseHeadParser.Parse(
            received, ref _scanned, head, _method, _pool.Limits.Head, out int consumed, out ResponseFraming framing, out RejectReason reason);
        if (status == ParseStatus.NeedMore)
        {
            return false;
        }

        if (status == ParseStatus.Rejected)
        {
            _rejectDetail = RejectReasons.Name(reason);
            _pool.Counters.Add(CounterFamily.RejectedOriginHeads, (int)reason);
            error = reason is RejectReason.HeadTooLarge or RejectReason.TooManyFields ? ProxyErrors.OriginHeadTooLarge
                : IsOnlyForTunnel ? ProxyErrors.OriginNoTunnel : ProxyErrors.OriginBadHead;
            return true;
        }

        _scanned = 0;
        _connection.Consume(consumed);
        _pool.IsHttp10 = head.Version == HttpVersion.Http10;
        if (head.Status is >= 100 and < 200 and not 101)
        {
            return true;
        }

        _framing = framing;
        _isHeadComplete = true;
        if (framing.KeepAliveTimeoutSeconds >= 0)
        {
            // A second less than announced: the server's clock started before ours.
            _keepAliveMs = Math.Max(framing.KeepAliveTimeoutSeconds - 1, 0) * 1000;
        }

        _body.Begin(framing.BodyLength);
        return true;
    }

    public override ValueTask<ReadStatus> WaitAsync(int timeoutMs) => _connection.ReadAsync(timeoutMs);

    public override ProxyError? ErrorOf(ReadStatus status) => status switch
    {
        ReadStatus.Data => null,
        ReadStatus.TimedOut => ProxyErrors.OriginTimeout,
        ReadStatus.Full => ProxyErrors.OriginHeadTooLarge,
        _ => _reason ?? (IsOnlyForTunnel ? ProxyErrors.OriginNoTunnel : ProxyErrors.OriginReset),
    };

    public override void StopWaiting() => _connection.CancelRead();

    public override ITunnelEnd OpenTunnel()
    {
        _isTunnel = true;
        return new ConnectionTunnel(_connection, ProxyErrors.OriginReset);
    }

    public override void Abort(ProxyError reason)
    {
        _reason ??= reason;
        _connection.Abort();
    }

    public override void Release()
    {
        if (!_isLeased)
        {
            return;
        }

        _isLeased = false;
        _body.End();
        bool isWhole = _isHeadComplete && _isRequestComplete && _framing.IsPersistent && _body.IsComplete;
        bool isUnused = !_isHeadWritten && !HasSent;
        bool isReusable = (isWhole || isUnused) && !_isTunnel && !_belongsToClient && !_connection.HasFailed && !_connection.IsPeerClosing;
        if (isReusable && (_connection.ReceivedCount > 0 || (_connection.MayHaveInput && !_connection.IsKnownOpen())))
        {
            // Data behind a complete response belongs to no request: whoever is next must not get it as an answer.
            _pool.Counters.Add(Counter.OriginConnectionsFailed);
            isReusable = false;
        }

        _pool.OnReleased(this, isReusable);
    }

    public void OnUnaskedInput(Connection connection)
    {
        if (!_isLeased)
        {
            _pool.OnIdleBroken(this);
        }
    }

    public void OnIdleTimeout(Connection connection)
    {
        // The pool's sweeper ends idle connections: one timer for all of them.
    }

    public void OnGone(Connection connection) => OnUnaskedInput(connection);

    public void CloseIdle()
    {
        _pool.Counters.Add(Counter.OriginConnectionsClosedIdle);
        Close(reset: false);
    }

    public void CloseNow()
    {
        _pool.Counters.Add(Counter.OriginConnectionsClosed);

        // An unfinished exchange must not look finished to the origin either.
        Close(reset: !_isRequestComplete && !_isTunnel);
    }

    private void Close(bool reset)
    {
        if (!HoldsSlot || _connection.IsClosed)
        {
            _connection.Close(reset);
            return;
        }

        if (!reset && _pool.IsLimited)
        {
            // The descriptor is closed at the end of the turn; the server must see this one end before another loop connects.
            _connection.ShutdownWrite();
        }

        _connection.Close(reset);
        _pool.GiveSlotBack();
    }

    private void WriteProxyHeader(in ProxyHeader header, int version)
    {
        _belongsToClient = true;

        // One buffer for both: the head behind it may need all that a head may need.
        Span<byte> space = _connection.OutputSpace(Loop.LargeBufferOctets);
        _lacksProxyHeader = space.IsEmpty;
        if (!space.IsEmpty)
        {
            _connection.CommitOutput(version == 1 ? header.WriteV1(space) : header.WriteV2(space));
        }
    }

    private bool TryWriteLargeHead(RequestHead head, in RequestWriteOptions write, out int written)
    {
        written = -1;
        if (_connection.OutputCount > 0)
        {
            return false;
        }

        // The output buffer was chosen for small heads: give it back by flushing nothing, then take a large one.
        _connection.ReleaseEmptyOutput();
        Span<byte> space = _connection.OutputSpace(Loop.LargeBufferOctets);
        if (!space.IsEmpty)
        {
            written = RequestHeadWriter.Write(head, write, space);
        }

        return written >= 0;
    }

    private bool CommitLastChunk(HeaderFields? trailers)
    {
        int room = Math.Min(ChunkWriter.MaxLastOctets(trailers), Loop.LargeBufferOctets);
        return _connection.TryCommitOutput(ChunkWriter.WriteLast(_connection.OutputSpace(room), trailers));
    }

    private ValueTask<ProxyError?> FlushAsync() => SendAsync(default);

    private ValueTask<ProxyError?> SendAsync(NativeSlice octets) => OutcomeOf(_connection.WriteAsync(octets, default, _writeTimeoutMs));

    private ValueTask<ProxyError?> OutcomeOf(ValueTask<WriteStatus> write) =>
        write.IsCompletedSuccessfully ? new(ErrorOf(write.Result)) : OutcomeOfSlowAsync(write);

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<ProxyError?> OutcomeOfSlowAsync(ValueTask<WriteStatus> write) => ErrorOf(await write);

    private ProxyError? ErrorOf(WriteStatus status) => status switch
    {
        WriteStatus.Done => null,
        WriteStatus.TimedOut => ProxyErrors.OriginWriteTimeout,
        WriteStatus.NoMemory => ProxyErrors.MemoryExhausted,
        _ => _reason ?? ProxyErrors.OriginReset,
    };
}
