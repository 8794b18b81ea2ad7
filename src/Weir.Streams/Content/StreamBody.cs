// Hot: one for each stream in flight, reused.
using System.Threading.Tasks.Sources;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Heads;
using Weir.Http.Http2;
using Weir.Net.Loops;

namespace Weir.Streams.Content;

/// <summary>
/// Content that comes in DATA frames. What its reader has not taken yet lies in buffers of the loop; the window, which opens as they are
/// given back, bounds how much that can be.
/// </summary>
public abstract class StreamBody : BodyReader, IValueTaskSource<BodyRead>
{
    private const int PieceOctets = Loop.SmallBufferOctets;

    private readonly HeaderFields _trailers = new();
    private LoopBuffer?[] _buffers = new LoopBuffer?[4];
    private int _bufferCount;
    private int _headStart;
    private int _tailEnd;
    private int _lent;
    private BodyLength _length;
    private FlowWindow _window;
    private int _windowSize;
    private int _uncredited;
    private bool _isDone;
    private short _version;
    private Action<object?>? _continuation;
    private object? _state;

    /// <inheritdoc/>
    public override BodyLength Length => _length;

    /// <inheritdoc/>
    public override HeaderFields? Trailers => _trailers.Count > 0 ? _trailers : null;

    /// <summary>Where trailers are put.</summary>
    public HeaderFields TrailerFields => _trailers;

    /// <summary>Whether its reader waits.</summary>
    public bool IsWaiting { get; private set; }

    /// <summary>Whether the peer has ended its side.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>Why the rest will not come, or is not wanted.</summary>
    public ProxyError? Error { get; private set; }

    /// <summary>Why the rest will not come, behind what has come: its reader learns it last.</summary>
    public ProxyError? LateError { get; private set; }

    /// <summary>Octets of content that came.</summary>
    public long ReceivedOctets { get; private set; }

    /// <summary>The connection.</summary>
    protected abstract IStreamCarrier Carrier { get; }

    /// <summary>The number of the stream.</summary>
    protected abstract int StreamId { get; }

    /// <summary>When the wait began that lasts.</summary>
    protected long WaitSinceMs { get; private set; }

    /// <summary>How long its reader waited before.</summary>
    protected long WaitedMs { get; private set; }

    /// <summary>Takes a DATA frame's content. The connection has counted <paramref name="flow"/> octets, padding included.</summary>
    public Http2Fault OnData(ReadOnlySpan<byte> content, int flow)
    {
        if (!_window.TryTake(flow))
        {
            // The connection has counted them, and nobody is going to read them.
            Carrier.CreditConnection(flow);
            return Http2Fault.Stream(Http2ErrorCode.FlowControlError, "more content than the stream's window allows");
        }

        ReceivedOctets += content.Length;
        if (_length.IsKnown && ReceivedOctets > _length.Octets)
        {
            // RFC 9113 section 8.1.1.
            Carrier.CreditConnection(flow);
            return Http2Fault.Stream(Http2ErrorCode.ProtocolError, "more content than Content-Length announces");
        }

        if (Error is not null)
        {
            Carrier.CreditConnection(flow);
            return default;
        }

        bool isStarved = IsWaiting;
        ProxyError? refusal = Count(content.Length) ?? (TryKeep(content) ? null : ProxyErrors.MemoryExhausted);
        if (refusal is not null)
        {
            Carrier.CreditConnection(flow);
            Fail(refusal);
            return default;
        }

        Credit(flow - content.Length);
        if (isStarved && _window.Octets < _windowSize / 2 && _windowSize < StreamLimits.LargestStreamWindow && !HasEnded)
        {
            // The reader waits and the peer may soon not send: the window is what slows them down.
            _uncredited += _windowSize;
            _windowSize *= 2;
        }

        Wake();
        return default;
    }

    /// <summary>The peer has ended its side.</summary>
    public Http2Fault OnEnd()
    {
        if (_length.IsKnown && ReceivedOctets != _length.Octets)
        {
            return Http2Fault.Stream(Http2ErrorCode.ProtocolError, "less content than Content-Length announces");
        }

        HasEnded = true;
        Wake();
        return default;
    }

    /// <summary>The rest will not come, or is not wanted.</summary>
    public void Fail(ProxyError error)
    {
        Error ??= error;
        Wake();
    }

    /// <summary>The rest will not come; what has come can still be read.</summary>
    public void FailLate(ProxyError error)
    {
        if (!HasEnded)
        {
            LateError ??= error;
            Wake();
        }
    }

    /// <summary>Gives everything back: nobody reads any more.</summary>
    public void End()
    {
        int held = 0;
        for (int i = 0; i < _bufferCount; i++)
        {
            held += (i == _bufferCount - 1 ? _tailEnd : _buffers[i]!.Capacity) - (i == 0 ? _headStart : 0);
            Carrier.Loop.ReturnBuffer(_buffers[i]!);
            _buffers[i] = null;
        }

        _bufferCount = 0;
        _headStart = 0;
        _tailEnd = 0;
        _lent = 0;
        Error ??= ProxyErrors.ClientAborted;
        Carrier.CreditConnection(held);
    }

    /// <inheritdoc/>
    public override ValueTask<BodyRead> ReadAsync()
    {
        GiveBack();
        if (TryLend(out BodyRead read))
        {
            return new(read);
        }

        IsWaiting = true;
        WaitSinceMs = Carrier.Loop.NowMs;
        Carrier.EnsureTick();
        return new(this, _version);
    }

    /// <inheritdoc/>
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

    void IValueTaskSource<BodyRead>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _state = state;
        _continuation = continuation;
    }

    /// <summary>Begins with content of that length.</summary>
    protected void Begin(BodyLength length, bool hasEnded)
    {
        _length = length;
        HasEnded = hasEnded;
        Error = null;
        LateError = null;
        _trailers.Clear();
        _windowSize = StreamLimits.StreamWindow;
        _window = new FlowWindow(_windowSize);
        _uncredited = 0;
        ReceivedOctets = 0;
        WaitedMs = 0;
        _lent = 0;
        IsWaiting = false;
        _isDone = false;
    }

    /// <summary>The length becomes known, before any of it came.</summary>
    protected void SetLength(BodyLength length) => _length = length;

    /// <summary>Counts octets that came; an error where they are too many.</summary>
    protected abstract ProxyError? Count(int octets);

    /// <summary>Has <see cref="Resume"/> called in a turn of its own.</summary>
    protected abstract void WakeLater();

    private bool TryLend(out BodyRead read)
    {
        if (Error is not null)
        {
            read = BodyRead.Failed(Error);
            return true;
        }

        if (_bufferCount == 0)
        {
            Error = LateError;
            read = Error is null ? BodyRead.Last(default) : BodyRead.Failed(Error);
            return HasEnded || Error is not null;
        }

        LoopBuffer head = _buffers[0]!;
        _lent = (_bufferCount == 1 ? _tailEnd : head.Capacity) - _headStart;
        NativeSlice slice = new(head.Address + _headStart, _lent);
        read = HasEnded && _bufferCount == 1 ? BodyRead.Last(slice) : BodyRead.More(slice);
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

        Carrier.Loop.ReturnBuffer(_buffers[0]!);
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
                if (Carrier.Loop.TryRentBuffer(PieceOctets) is not { } buffer)
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

        Carrier.CreditConnection(octets);
        _uncredited += octets;
        if (_uncredited >= _windowSize / 2 && !HasEnded && Error is null && LateError is null)
        {
            _window.TryOpen(_uncredited);
            Carrier.OpenStreamWindow(StreamId, _uncredited);
            _uncredited = 0;
        }
    }

    private void Wake()
    {
        if (!IsWaiting || (Error is null && LateError is null && _bufferCount == 0 && !HasEnded))
        {
            return;
        }

        IsWaiting = false;
        WaitedMs += Carrier.Loop.NowMs - WaitSinceMs;
        _isDone = true;
        WakeLater();
    }
}
