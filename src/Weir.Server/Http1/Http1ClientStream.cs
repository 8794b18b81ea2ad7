// Hot: every response is written here.
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Http.Http1;
using Weir.Net.Connections;
using Weir.Net.Loops;

namespace Weir.Server.Http1;

/// <summary>
/// One exchange's turn on an HTTP/1.x connection: its request's content and the writing of its response (RFC 9112 sections 6 and 9.3).
/// Rented from the loop with its exchange, so that an idle connection holds neither.
/// </summary>
internal sealed class Http1ClientStream : ClientStream
{
    private Http1ClientConnection _owner = null!;
    private Connection _connection = null!;
    private Http1RequestBody? _body;
    private RequestFraming _framing;
    private RequestMethod _method;
    private long _sentBefore;
    private bool _isChunked;
    private bool _hasBody;
    private bool _isFinished;
    private bool _isTunnel;
    private bool _isShed;

    /// <summary>The exchange; null while the stream lies in its pool.</summary>
    public Exchange? Exchange { get; private set; }

    /// <summary>Whether the client must not take the response for complete.</summary>
    public bool IsAborted { get; private set; }

    /// <summary>Whether the connection ends after this exchange.</summary>
    public bool MustClose { get; private set; }

    /// <summary>Whether the client has its whole response, in order.</summary>
    public bool IsClean => _isFinished && !IsAborted && !_isTunnel && !_connection.HasFailed;

    public bool IsTunnel => _isTunnel;

    /// <summary>Whether the client may still be sending content.</summary>
    public bool HasOpenBody => !_framing.BodyLength.IsNone && !_body!.IsComplete;

    public override bool AcceptsInterim => Exchange!.Request.Version != HttpVersion.Http10;

    public override bool AcceptsTrailers => _framing.AcceptsTrailers;

    public override bool IsGone => _owner.IsGone || _connection.HasFailed;

    public override bool IsDraining => _owner.Server.IsDraining;

    public override long SentOctets => _connection.TotalSent - _sentBefore;

    /// <summary>Takes a turn on a connection, before the head is read.</summary>
    public void Begin(Http1ClientConnection owner, Exchange exchange)
    {
        _owner = owner;
        _connection = owner.Connection;
        Exchange = exchange;
        _framing = default;
        _sentBefore = _connection.TotalSent;
        _isChunked = false;
        _hasBody = false;
        _isFinished = false;
        _isTunnel = false;
        _isShed = false;
        IsAborted = false;
        MustClose = false;
    }

    /// <summary>The head is there: the content begins.</summary>
    public void OnHead(in RequestFraming framing)
    {
        Exchange exchange = Exchange!;
        _framing = framing;
        _method = exchange.Request.Method;
        exchange.MustClose = !framing.IsPersistent;
        if (framing.BodyLength.IsNone)
        {
            exchange.RequestBody = BodyReader.Empty;
            return;
        }

        _body ??= new Http1RequestBody();
        _body.Begin(_owner, exchange, framing.BodyLength, framing.ExpectsContinue);
        exchange.RequestBody = _body;
    }

    /// <summary>Nobody reads the content or waits for the client any more.</summary>
    public void EndExchange()
    {
        AbortWhenGone = null;
        TellWhenDraining = null;
        if (!_framing.BodyLength.IsNone)
        {
            // What the pump has read but not given back is the request's, not the next one's.
            _body!.End();
        }
    }

    /// <summary>
    /// The client may still be sending content that nobody wants: a little is read and dropped, so that the connection survives; with much
    /// left, or with an Expect that was never answered, it ends (false).
    /// </summary>
    public ValueTask<bool> DrainAsync() => _body!.IsAwaitingContinue ? new(false) : _body.DrainAsync();

    /// <summary>Gives the exchange up; the stream can go back to its pool.</summary>
    public Exchange Release()
    {
        Exchange exchange = Exchange!;
        Exchange = null;
        _owner = null!;
        _connection = null!;
        _body?.Forget();
        return exchange;
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
        _isChunked = _hasBody && !length.IsKnown && Exchange!.Request.Version != HttpVersion.Http10;
        if (_hasBody && !length.IsKnown && !_isChunked)
        {
            // RFC 9112 section 6.3: for a client that cannot read chunks the end of the connection is the end of the content.
            length = BodyLength.UntilClose;
            MustClose = true;
        }
        else if (_isChunked)
        {
            length = BodyLength.Unknown;
        }

        MustClose |= MustCloseAfterwards();
        ResponseWriteOptions options = new()
        {
            BodyLength = length,
            OmitFraming = head.Status == 204
                || (isBodiless && (length.IsNone || !length.IsKnown || head.Fields.Has(KnownField.ContentLength))),
            Close = MustClose,
            KeepAlive = !MustClose && Exchange!.Request.Version == HttpVersion.Http10,
            KeepUpgrade = head.Status == 426,
        };
        return WriteHeadAsync(head, options, mustFlush: false);
    }

    public override ValueTask<ProxyError?> WriteAsync(NativeSlice octets)
    {
        if (!_hasBody || octets.IsEmpty)
        {
            return _owner.FlushAsync();
        }

        return _isChunked ? SendChunkAsync(octets, ChunkWriter.ChunkEnd) : _owner.SendAsync(octets);
    }

    public override ValueTask<ProxyError?> FinishAsync(NativeSlice last, HeaderFields? trailers)
    {
        _isFinished = true;
        if (!_hasBody)
        {
            return _owner.FlushAsync();
        }

        if (!_isChunked)
        {
            return _owner.SendAsync(last);
        }

        if (trailers is { Count: > 0 } && _framing.AcceptsTrailers)
        {
            return FinishWithTrailersAsync(last, trailers);
        }

        return last.IsEmpty ? _owner.SendAsync(ChunkWriter.LastChunk) : SendChunkAsync(last, ChunkWriter.ChunkEndAndLast);
    }

    public override void Abort()
    {
        if (_isShed)
        {
            // The client has its whole answer: the connection ends, but a reset could destroy it on its way.
            return;
        }

        IsAborted = true;
        MustClose = true;
    }

    public override void Cut()
    {
        Abort();
        _connection.Abort();
    }

    public override ITunnelEnd? OpenTunnel()
    {
        _isTunnel = true;
        _isFinished = true;
        return new ConnectionTunnel(_connection, ProxyErrors.ClientAborted);
    }

    private bool MustCloseAfterwards() =>
        Exchange!.MustClose
        || _owner.IsLastRequest
        || (HasOpenBody && (_framing.HasUnknownExpect || _body!.IsAwaitingContinue || _body.HasFailed));

    private ValueTask<ProxyError?> WriteHeadAsync(ResponseHead head, in ResponseWriteOptions options, bool mustFlush)
    {
        Span<byte> space = _connection.OutputSpace(Loop.SmallBufferOctets / 4);
        int written = space.IsEmpty ? -1 : ResponseHeadWriter.Write(head, options, space);
        if (written < 0)
        {
            return WriteHeadSlowAsync(head, options, mustFlush);
        }

        _connection.CommitOutput(written);
        return mustFlush ? _owner.FlushAsync() : default;
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<ProxyError?> WriteHeadSlowAsync(ResponseHead head, ResponseWriteOptions options, bool mustFlush)
    {
        // What gathered before leaves first; then the buffer is chosen by the head's size.
        if (await _owner.FlushAsync() is { } flushError)
        {
            return flushError;
        }

        int room = Math.Min(ResponseHeadWriter.MaxOctets(head), Loop.LargeBufferOctets);
        if (!_connection.TryCommitOutput(ResponseHeadWriter.Write(head, options, _connection.OutputSpace(room))))
        {
            return head.Status < 200 ? ProxyErrors.MemoryExhausted : await ShedAsync(head);
        }

        return mustFlush ? await _owner.FlushAsync() : null;
    }

    /// <summary>Answers without a buffer. Always an error, because what was to be sent is not.</summary>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<ProxyError?> ShedAsync(ResponseHead instead)
    {
        _isShed = true;
        _isFinished = true;
        _hasBody = false;
        MustClose = true;
        instead.Status = 503;
        return await _owner.SendNoMemoryAsync() ?? ProxyErrors.MemoryExhausted;
    }

    private ValueTask<ProxyError?> SendChunkAsync(NativeSlice octets, NativeSlice end)
    {
        Span<byte> size = stackalloc byte[ChunkWriter.MaxHeaderOctets];
        int written = ChunkWriter.WriteChunkHeader(size, octets.Length);
        return _owner.OutcomeOf(_connection.WriteFramedAsync(size[..written], octets, end, _owner.Limits.IdleTimeoutMs));
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<ProxyError?> FinishWithTrailersAsync(NativeSlice last, HeaderFields trailers)
    {
        ProxyError? error = last.IsEmpty ? await _owner.FlushAsync() : await SendChunkAsync(last, ChunkWriter.ChunkEnd);
        if (error is not null)
        {
            return error;
        }

        int room = Math.Min(ChunkWriter.MaxLastOctets(trailers), Loop.LargeBufferOctets);
        return _connection.TryCommitOutput(ChunkWriter.WriteLast(_connection.OutputSpace(room), trailers))
            ? await _owner.FlushAsync()
            : ProxyErrors.MemoryExhausted;
    }
}
