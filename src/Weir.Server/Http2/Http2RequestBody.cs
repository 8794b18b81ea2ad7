using System.Threading.Tasks.Sources;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Http.Http2;

namespace Weir.Server.Http2;

/// <summary>
/// The content of a request that came in DATA frames. What its reader has not taken yet lies in buffers of the loop; the window, which
/// opens as they are given back, bounds how much that can be.
/// </summary>
internal sealed class Http2RequestBody : BodyReader, IValueTaskSource<BodyRead>
{
    private const int PieceOctets = 16 * 1024;

    private readonly Http2Stream _stream;
    private readonly HeaderFields _trailers = new();
    private LoopBuffer?[] _buffers = new LoopBuffer?[4];
    private int _bufferCount;
    private int _headStart;
    private int _tailEnd;
    private int _lent;
    private Exchange _exchange = null!;
    private BodyLength _length;
    private ProxyError? _error;
    private FlowWindow _window;
    private int _windowSize;
    private int _uncredited;
    private long _received;
    private long _waitSinceMs;
    private long _waitedMs;
    private long _mostOctets;
    private bool _isRated;
    private bool _hasEnded;
    private bool _isWaiting;
    private bool _isDone;
    private bool _expectsContinue;
    private short _version;
    private Action<object?>? _continuation;
    private object? _state;

    public Http2RequestBody(Http2Stream stream) => _stream = stream;

    public override BodyLength Length => _length;

    public override HeaderFields? Trailers => _trailers.Count > 0 ? _trailers : null;

    /// <summary>Where trailers are put.</summary>
    public HeaderFields TrailerFields => _trailers;

    public bool IsWaiting => _isWaiting;

    public bool HasEnded => _hasEnded;

    /// <summary>Begins with content of that length.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="length">What the client announced.</param>
    /// <param name="hasEnded">Whether it has ended its side already.</param>
    /// <param name="isTunnel">Whether these are a tunnel's octets: then nothing but the windows bounds them.</param>
    /// <param name="expectsContinue">Whether the client waits for a 100.</param>
    public void Begin(Exchange exchange, BodyLength length, bool hasEnded, bool isTunnel, bool expectsContinue)
    {
        _mostOctets = isTunnel ? long.MaxValue : _stream.Limits.BodyOctets;
        _isRated = !isTunnel;
        _exchange = exchange;
        _length = length;
        _hasEnded = hasEnded;
        _expectsContinue = expectsContinue;
        _error = length.IsKnown && length.Octets > _mostOctets ? ProxyErrors.BodyTooLarge : null;
        _trailers.Clear();
        _windowSize = Http2Limits.StreamWindow;
        _window = new FlowWindow(_windowSize);
        _uncredited = 0;
        _received = 0;
        _waitedMs = 0;
        _lent = 0;
        _isWaiting = false;
        _isDone = false;
    }

    /// <summary>The client is told to go on: it is no longer waiting for that.</summary>
    public void OnContinue() => _expectsContinue = false;

    /// <summary>Takes a DATA frame's content. The connection has counted <paramref name="flow"/> octets, padding included.</summary>
    public Http2Fault OnData(ReadOnlySpan<byte> content, int flow)
    {
        if (!_window.TryTake(flow))
        {
            return Http2Fault.Stream(Http2ErrorCode.FlowControlError, "more content than the stream's window allows");
        }

        _received += content.Length;
        _expectsContinue = false;
        if (_length.IsKnown && _received > _length.Octets)
        {
            // RFC 9113 section 8.1.1.
            return Http2Fault.Stream(Http2ErrorCode.ProtocolError, "more content than Content-Length announces");
        }

        if (_error is not null)
        {
            _stream.Owner.CreditConnection(flow);
            return default;
        }

        _exchange.ReceivedOctets += content.Length;
        bool isStarved = _isWaiting;
        if (_received > _mostOctets)
        {
            _stream.Owner.CreditConnection(flow);
            Fail(ProxyErrors.BodyTooLarge);
            return default;
        }

        if (!TryKeep(content))
        {
            _stream.Owner.CreditConnection(flow);
            Fail(ProxyErrors.MemoryExhausted);
            return default;
        }

        Credit(flow - content.Length);
        if (isStarved && _window.Octets < _windowSize / 2 && _windowSize < Http2Limits.LargestStreamWindow && !_hasEnded)
        {
            // The reader waits and the client may soon not send: the window is what slows them down.
            _uncredited += _windowSize;
            _windowSize *= 2;
        }

        Wake();
        return default;
    }

    /// <summary>The client has ended its side.</summary>
    public Http2Fault OnEnd()
    {
        if (_length.IsKnown && _received != _length.Octets)
        {
            return Http2Fault.Stream(Http2ErrorCode.ProtocolError, "less content than Content-Length announces");
        }

        _hasEnded = true;
        Wake();
        return default;
    }

    /// <summary>The rest will not come, or is not wanted.</summary>
    public void Fail(ProxyError error)
    {
        _error ??= error;
        Wake();
    }

    /// <summary>Ends a wait that lasts too long for what came. Called now and then.</summary>
    public void CheckRate(long nowMs, int partialOctets)
    {
        if (!_isWaiting || _hasEnded || !_isRated)
        {
            return;
        }

        long rate = _stream.Limits.BodyMinOctetsPerSecond;
        long waitedMs = _waitedMs + nowMs - _waitSinceMs;
        bool isTooSlow = !_expectsContinue && rate > 0 && waitedMs > _stream.Limits.BodyGraceMs + ((_received + partialOctets) * 1000 / rate);
        if (isTooSlow || nowMs - _waitSinceMs > _stream.Limits.IdleTimeoutMs)
        {
            Fail(ProxyErrors.BodyTooSlow);
        }
    }

    /// <summary>Gives everything back: nobody reads any more.</summary>
    public void End()
    {
        int held = 0;
        for (int i = 0; i < _bufferCount; i++)
        {
            held += (i == _bufferCount - 1 ? _tailEnd : _buffers[i]!.Capacity) - (i == 0 ? _headStart : 0);
            _exchange.Loop.ReturnBuffer(_buffers[i]!);
            _buffers[i] = null;
        }

        _bufferCount = 0;
        _headStart = 0;
        _tailEnd = 0;
        _lent = 0;
        _error ??= ProxyErrors.ClientAborted;
        _stream.Owner.CreditConnection(held);
    }

    public override ValueTask<BodyRead> ReadAsync()
    {
        GiveBack();
        if (TryLend(out BodyRead read))
        {
            return new(read);
        }

        _isWaiting = true;
        _waitSinceMs = _stream.Owner.NowMs;
        _stream.Owner.EnsureTick();
        return new(this, _version);
    }

    public override void Cancel() => Fail(ProxyErrors.ClientAborted);

    /// <summary>Called in a turn of its own: goes on with whoever reads.</summary>
    public void Resume()
    {
        if (_isDone && _continuation is { } continuation)
        {
            object? state = _state;
            _continuation = null;
            _state = null;
            continuation(state);
        }
    }

    BodyRead IValueTaskSource<BodyRead>.GetResult(short token)
    {
        _version++;
        _isDone = false;
        TryLend(out BodyRead read);
        return read;
    }

    ValueTaskSourceStatus IValueTaskSource<BodyRead>.GetStatus(short token) =>
        _isDone ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

    void IValueTaskSource<BodyRead>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _state = state;
        _continuation = continuation;
    }

    private bool TryLend(out BodyRead read)
    {
        if (_error is not null)
        {
            read = BodyRead.Failed(_error);
            return true;
        }

        if (_bufferCount == 0)
        {
            read = BodyRead.Last(default);
            return _hasEnded;
        }

        LoopBuffer head = _buffers[0]!;
        _lent = (_bufferCount == 1 ? _tailEnd : head.Capacity) - _headStart;
        NativeSlice slice = new(head.Address + _headStart, _lent);
        read = _hasEnded && _bufferCount == 1 ? BodyRead.Last(slice) : BodyRead.More(slice);
        return true;
    }

    private void GiveBack()
    {
        if (_lent == 0)
        {
            return;
        }

        Credit(_lent);
        _headStart += _lent;
        _lent = 0;
        bool isUsedUp = _bufferCount == 1 ? _headStart == _tailEnd : _headStart == _buffers[0]!.Capacity;
        if (!isUsedUp)
        {
            return;
        }

        _exchange.Loop.ReturnBuffer(_buffers[0]!);
        _bufferCount--;
        Array.Copy(_buffers, 1, _buffers, 0, _bufferCount);
        _buffers[_bufferCount] = null;
        _headStart = 0;
    }

    private bool TryKeep(ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty)
        {
            if (_bufferCount == 0 || _tailEnd == _buffers[_bufferCount - 1]!.Capacity)
            {
                if (_exchange.Loop.TryRentBuffer(PieceOctets) is not { } buffer)
                {
                    return false;
                }

                if (_bufferCount == _buffers.Length)
                {
                    Array.Resize(ref _buffers, _buffers.Length * 2);
                }

                _buffers[_bufferCount++] = buffer;
                _tailEnd = 0;
            }

            LoopBuffer tail = _buffers[_bufferCount - 1]!;
            int count = Math.Min(content.Length, tail.Capacity - _tailEnd);
            content[..count].CopyTo(tail.Span(_tailEnd, count));
            _tailEnd += count;
            content = content[count..];
        }

        return true;
    }

    private void Credit(int octets)
    {
        if (octets == 0)
        {
            return;
        }

        _stream.Owner.CreditConnection(octets);
        _uncredited += octets;
        if (_uncredited >= _windowSize / 2 && !_hasEnded && !_stream.IsRemoteOver)
        {
            _window.TryOpen(_uncredited);
            _stream.Owner.OpenStreamWindow(_stream, _uncredited);
            _uncredited = 0;
        }
    }

    private void Wake()
    {
        if (!_isWaiting || (_error is null && _bufferCount == 0 && !_hasEnded))
        {
            return;
        }

        _isWaiting = false;
        _waitedMs += _stream.Owner.NowMs - _waitSinceMs;
        _isDone = true;
        _stream.WakeLater();
    }
}
