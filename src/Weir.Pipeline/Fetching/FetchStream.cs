using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Net.Loops;
using Weir.Net.Time;

namespace Weir.Pipeline.Fetching;

/// <summary>Takes the response of an exchange without a client: the head goes to who asked, the content into a window.</summary>
internal sealed class FetchStream : ClientStream
{
    private readonly Loop _loop;
    private readonly FetchStart _start;
    private readonly WindowBody _body;
    private readonly DeadlineTimer _deadline;
    private readonly ClientStream? _interims;
    private ProxyError? _cancelled;
    private long _received;

    /// <summary>
    /// A stream on that loop. A deadline of 0 or less is none. Interim responses go to another stream, where one is given.
    /// </summary>
    public FetchStream(Loop loop, int deadlineMs, int windowOctets, ClientStream? interims = null)
    {
        _interims = interims;
        _loop = loop;
        _start = new FetchStart(loop);
        _body = new WindowBody(loop, windowOctets, Cancel);
        _deadline = new DeadlineTimer(this);
        if (deadlineMs > 0)
        {
            loop.Arm(_deadline, deadlineMs);
        }
    }

    /// <summary>The head, or why there is none.</summary>
    public ValueTask<FetchResult> Result => _start.Task;

    /// <summary>The exchange that it is the client of.</summary>
    public Exchange? Exchange { get; set; }

    // Whoever gets them waits for the head: until then the other stream belongs to the same exchange.
    public override bool AcceptsInterim => _interims is { AcceptsInterim: true, IsGone: false } && !_start.IsSet;

    public override bool AcceptsTrailers => true;

    public override bool IsGone => _cancelled is not null;

    public override long SentOctets => _received;

    public override async ValueTask<ProxyError?> SendInterimAsync(ResponseHead head)
    {
        // What goes wrong there is that client's alone: others may wait for the fetch.
        await _interims!.SendInterimAsync(head);
        return null;
    }

    public override ValueTask<ProxyError?> StartAsync(ResponseHead head, bool hasBody)
    {
        if (_cancelled is not null)
        {
            return new(_cancelled);
        }

        ResponseHead copy = head.Copy();

        // Where the content ends is no longer told by a connection's end, but by the window.
        BodyLength length = head.BodyLength.IsUntilClose ? BodyLength.Unknown : head.BodyLength;
        copy.BodyLength = length;
        _body.Length = hasBody ? length : BodyLength.None;
        _start.Set(new FetchResult(copy, _body)
        {
            ServerName = Exchange?.ServerName,
            UpstreamName = Exchange?.UpstreamName,
            RouteName = Exchange?.RouteName,
        });
        return default;
    }

    public override ValueTask<ProxyError?> WriteAsync(NativeSlice octets)
    {
        _received += octets.Length;
        return octets.IsEmpty ? default : _body.WriteAsync(octets);
    }

    public override async ValueTask<ProxyError?> FinishAsync(NativeSlice last, HeaderFields? trailers)
    {
        _received += last.Length;
        if (!last.IsEmpty && await _body.WriteAsync(last) is { } error)
        {
            return error;
        }

        if (_cancelled is null)
        {
            _body.Finish(trailers);
        }

        return _cancelled;
    }

    /// <summary>Nothing yet: <see cref="End"/> comes with the reason.</summary>
    public override void Abort()
    {
    }

    public override void Cut() => Cancel(ProxyErrors.CacheCrowded);

    public override ITunnelEnd? OpenTunnel() => null;

    /// <summary>The exchange is over.</summary>
    public void End(ProxyError? error)
    {
        _loop.Disarm(_deadline);
        error ??= _start.IsSet ? null : ProxyErrors.Internal;
        if (error is not null)
        {
            _start.Set(new FetchResult(_cancelled ?? error)
            {
                ServerName = Exchange?.ServerName,
                UpstreamName = Exchange?.UpstreamName,
                RouteName = Exchange?.RouteName,
                Refusal = Exchange is { } exchange ? FetchRefusal.Of(exchange) : null,
            });
            _body.Fail(_cancelled ?? error);
        }
    }

    // Who waits learns it at once; the exchange itself ends when what it waits for has ended.
    private void Cancel(ProxyError reason)
    {
        if (_cancelled is not null)
        {
            return;
        }

        _cancelled = reason;
        _start.Set(new FetchResult(reason));
        _body.Fail(reason);
        AbortWhenGone?.Abort(reason);
    }

    private sealed class DeadlineTimer : LoopTimer
    {
        private readonly FetchStream _stream;

        public DeadlineTimer(FetchStream stream) => _stream = stream;

        protected override void OnDue() => _stream.Cancel(ProxyErrors.DeadlineExceeded);

        protected override void OnReady()
        {
        }
    }
}
