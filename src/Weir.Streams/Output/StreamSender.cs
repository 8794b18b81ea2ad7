// Hot: one for each stream in flight, reused.
using System.Threading.Tasks.Sources;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Heads;
using Weir.Http.Http2;

namespace Weir.Streams.Output;

/// <summary>
/// The sending side of a stream. What cannot be put into the output at once is kept, and the connection comes back for it in the order of
/// priorities; its owner never gives more than one thing at a time.
/// </summary>
public abstract class StreamSender : IValueTaskSource<ProxyError?>
{
    private FlowWindow _window;
    private NativeSlice _data;
    private HeaderFields? _trailers;
    private ProxyError? _result;
    private Action<object?>? _continuation;
    private object? _state;
    private long _progressMs;
    private long _progressFrom;
    private short _version;
    private bool _hasHead;
    private bool _endsAfterData;
    private bool _isWaiting;
    private bool _isDone;

    /// <summary>What decides when it is served.</summary>
    public StreamPriority Priority { get; set; }

    /// <summary>Whether streams of the same urgency with lower numbers are served before it, and those with higher ones after it.</summary>
    public bool IsOrdered { get; set; }

    /// <summary>Octets that were put into the output.</summary>
    public long SentOctets { get; private set; }

    /// <summary>Whether this side of the stream has ended, or nobody wants more of it.</summary>
    public bool IsOver { get; private set; }

    /// <summary>Whether it stands in its connection's queue.</summary>
    public bool IsQueued { get; internal set; }

    internal int QueuedUrgency { get; set; }

    internal StreamSender? NextQueued { get; set; }

    internal StreamSender? PreviousQueued { get; set; }

    /// <summary>The number of the stream.</summary>
    protected internal abstract int StreamId { get; }

    /// <summary>The connection.</summary>
    protected abstract IStreamCarrier Carrier { get; }

    /// <summary>Whether the stream is over before its time.</summary>
    protected abstract bool IsGone { get; }

    /// <summary>What a write means that comes too late.</summary>
    protected abstract ProxyError GoneError { get; }

    /// <summary>Whether it waits for a window or for room.</summary>
    public bool IsWaiting => _isWaiting;

    /// <summary>Begins with the window that the peer gives to new streams.</summary>
    public void Begin(int window)
    {
        _window = new FlowWindow(window);
        Priority = StreamPriority.Default;
        IsOrdered = false;
        SentOctets = 0;
        IsOver = false;
        _hasHead = false;
        _endsAfterData = false;
    }

    /// <summary>The window becomes what the peer says of new streams, before anything was sent.</summary>
    public void SetWindow(int window) => _window = new FlowWindow(window);

    /// <summary>Holds a head back until the first content, or <see cref="FlushHeadAsync"/>.</summary>
    public void HoldHead() => _hasHead = true;

    /// <summary>Sends the head that is held back, alone.</summary>
    public ValueTask<ProxyError?> FlushHeadAsync() => AdvanceAsync();

    /// <summary>Sends octets, lent until the task completes. Null: they are in the output.</summary>
    public ValueTask<ProxyError?> WriteAsync(NativeSlice octets)
    {
        _data = octets;
        return AdvanceAsync();
    }

    /// <summary>Sends the last octets and ends this side, with trailers if there are any.</summary>
    public ValueTask<ProxyError?> FinishAsync(NativeSlice last, HeaderFields? trailers)
    {
        _data = last;
        _trailers = trailers is { Count: > 0 } ? trailers : null;
        _endsAfterData = true;
        return AdvanceAsync();
    }

    /// <summary>Whether its next content should leave before that of another stream.</summary>
    public bool GoesBefore(StreamSender other) => Priority.Urgency != other.Priority.Urgency
        ? Priority.Urgency < other.Priority.Urgency
        : IsOrdered && other.IsOrdered && StreamId < other.StreamId;

    /// <summary>For tunnels: nothing more follows in this direction.</summary>
    public void EndWriting()
    {
        if (IsOver || _isWaiting)
        {
            return;
        }

        _endsAfterData = true;
        if (Advance() != WriteProgress.Done)
        {
            Carrier.Queue(this);
        }
        else
        {
            Carrier.FlushLater();
        }
    }

    /// <summary>The stream is over before its time.</summary>
    public void Cut(ProxyError reason)
    {
        IsOver = true;
        FinishWrite(reason);
    }

    /// <summary>Lets go of everything; nobody waits any more.</summary>
    public void Clear()
    {
        _hasHead = false;
        _data = default;
        _trailers = null;
    }

    /// <summary>The peer's window for the stream changes. False: it would be too large.</summary>
    public bool TryShiftWindow(long octets)
    {
        if (!_window.TryShift(octets))
        {
            return false;
        }

        if (_isWaiting && !IsQueued && _window.Available > 0)
        {
            Carrier.Queue(this);
        }

        return true;
    }

    /// <summary>Gives a wait up in which the peer took less than so many octets for so long. Called now and then.</summary>
    public void CheckTime(long nowMs, int mostMs, long leastOctets, ProxyError reason)
    {
        // One that waits for others of its connection: whether the peer takes anything is asked of the flush.
        if (SentOctets - _progressFrom >= leastOctets || (IsQueued && Carrier.SendWindow > 0))
        {
            BeginTime(nowMs);
        }

        if (_isWaiting && nowMs - _progressMs > mostMs)
        {
            Carrier.Unqueue(this);
            FinishWrite(reason);
        }
    }

    /// <summary>Puts into the output what there is room for, one frame of content where others wait for their turn.</summary>
    public WriteProgress Advance()
    {
        if (_hasHead)
        {
            WriteProgress progress = TryWriteHead(out int written, out bool endsStream);
            if (progress != WriteProgress.Done)
            {
                return progress;
            }

            _hasHead = false;
            Sent(written);
            IsOver |= endsStream;
        }

        while (_data.Length > 0 || (_endsAfterData && !IsOver))
        {
            if (_data.IsEmpty && _trailers is not null)
            {
                WriteProgress progress = Carrier.Output.TryWriteTrailers(StreamId, _trailers, out int written);
                if (progress != WriteProgress.Done)
                {
                    return progress;
                }

                _trailers = null;
                Sent(written);
                IsOver = true;
                break;
            }

            WriteProgress frame = WriteFrame();
            if (frame != WriteProgress.Done)
            {
                return frame;
            }

            if (Priority.IsIncremental && !_data.IsEmpty)
            {
                return WriteProgress.Shared;
            }
        }

        return WriteProgress.Done;
    }

    /// <summary>The connection has put everything into the output, or cannot.</summary>
    public void FinishWrite(ProxyError? error)
    {
        Clear();
        if (!_isWaiting)
        {
            return;
        }

        _isWaiting = false;
        _isDone = true;
        _result = error;
        WakeLater();
    }

    /// <summary>What it had to send can no longer be sent.</summary>
    public void FinishGone() => FinishWrite(GoneError);

    /// <summary>Called in a turn of its own: goes on with whoever writes.</summary>
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

    ProxyError? IValueTaskSource<ProxyError?>.GetResult(short token)
    {
        _version++;
        _isDone = false;
        return _result;
    }

    ValueTaskSourceStatus IValueTaskSource<ProxyError?>.GetStatus(short token) =>
        _isDone ? ValueTaskSourceStatus.Succeeded : ValueTaskSourceStatus.Pending;

    void IValueTaskSource<ProxyError?>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        _state = state;
        _continuation = continuation;
    }

    /// <summary>Writes the head that is held, of whichever role; its octets, and whether it ends this side.</summary>
    protected abstract WriteProgress TryWriteHead(out int written, out bool endsStream);

    /// <summary>Has <see cref="Resume"/> called in a turn of its own.</summary>
    protected abstract void WakeLater();

    private ValueTask<ProxyError?> AdvanceAsync()
    {
        IStreamCarrier carrier = Carrier;
        if (IsGone)
        {
            FinishWrite(null);
            return new(GoneError);
        }

        // Whoever waits already has its turn first, but heads are small.
        WriteProgress progress = !_hasHead && carrier.HasQueue ? WriteProgress.NoRoom : Advance();
        if (progress == WriteProgress.Done)
        {
            carrier.FlushLater();
            return default;
        }

        if (IsGone || progress == WriteProgress.Gone)
        {
            // What was to be written was one tiny frame too many, or the stream cannot be opened any more.
            FinishWrite(null);
            return new(GoneError);
        }

        if (progress == WriteProgress.NoMemory)
        {
            FinishWrite(null);
            return new(ProxyErrors.MemoryExhausted);
        }

        _isWaiting = true;
        BeginTime(carrier.Loop.NowMs);
        if (progress != WriteProgress.NoWindow)
        {
            carrier.Queue(this);
        }

        carrier.FlushLater();
        carrier.EnsureTick();
        return new(this, _version);
    }

    private WriteProgress WriteFrame()
    {
        IStreamCarrier carrier = Carrier;
        int window = Math.Min(_window.Available, carrier.SendWindow);
        int most = Math.Min(_data.Length, window);
        if (most == 0 && !_data.IsEmpty)
        {
            return _window.Available == 0 ? WriteProgress.NoWindow : WriteProgress.NoConnectionWindow;
        }

        if (most < _data.Length && most < StreamLimits.TinyOctets && !carrier.TryTiny())
        {
            return WriteProgress.NoRoom;
        }

        bool isLast = _endsAfterData && _trailers is null;
        int count = carrier.Output.TryWriteData(StreamId, _data, most, isLast);
        if (count < 0)
        {
            return count == -1 ? WriteProgress.NoRoom : WriteProgress.NoMemory;
        }

        _window.TryTake(count);
        carrier.TakeSendWindow(count);
        Sent(FrameHeader.Octets + count);
        _data = count == _data.Length ? default : _data.From(count);
        IsOver |= _data.IsEmpty && isLast;
        return WriteProgress.Done;
    }

    private void BeginTime(long nowMs)
    {
        _progressMs = nowMs;
        _progressFrom = SentOctets;
    }

    private void Sent(int octets) => SentOctets += octets;
}
