using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Errors;
using Weir.Http.Http2;
using Weir.Net.Connections;
using Weir.Server.Http1;
using Weir.Telemetry.Counting;

namespace Weir.Server.Http2;

/// <summary>How the connection ends: drained, broken off, or left.</summary>
internal sealed partial class Http2ClientConnection
{
    private int _lastSaidId = int.MaxValue;
    private long _drainSinceMs;
    private Step _step;
    private bool _isOver;
    private bool _isLingering;
    private bool _isGone;
    private bool _hasLeft;

    private enum Step : byte
    {
        Serving,
        Announced,
        Draining,
    }

    /// <summary>Says GOAWAY in two steps, so that no request on its way is lost (RFC 9113 section 6.8).</summary>
    public void OnDrain()
    {
        // What is told may end its stream at once.
        Http2Stream[] streams = new Http2Stream[_streams.Count];
        _streams.Values.CopyTo(streams, 0);
        foreach (Http2Stream stream in streams)
        {
            stream.TellWhenDraining?.OnDrain();
        }

        BeginDrain();
    }

    /// <summary>As <see cref="OnDrain"/>, but tunnels live on.</summary>
    public void OnListenerClosing() => BeginDrain();

    /// <summary>Ends everything at once.</summary>
    public void Abort()
    {
        CutAll(ProxyErrors.Draining);
        Connection.Abort();
        Vanish();
    }

    private void BeginDrain()
    {
        if (_step != Step.Serving || _isOver || IsClosed)
        {
            return;
        }

        _step = Step.Announced;
        _drainSinceMs = NowMs;
        Output.WriteGoAway(int.MaxValue, Http2ErrorCode.NoError, "");
        Output.WritePing("draining"u8, isAck: false);
        EnsureTick();
        FlushLater();
    }

    private void EndAnnouncement()
    {
        _step = Step.Draining;
        SayGoAway(Http2ErrorCode.NoError, "");
        FlushLater();
    }

    // RFC 9113 section 6.8: the number never grows again, though streams that are refused come above it.
    private void SayGoAway(Http2ErrorCode code, string text)
    {
        _lastSaidId = Math.Min(_lastSaidId, _highestId);
        Output.WriteGoAway(_lastSaidId, code, text);
    }

    protected override void Finish(Http2Fault fault) => Finish(fault.Code, fault.Text ?? "");

    /// <summary>Says GOAWAY and ends: exchanges that still run are given up.</summary>
    private void Finish(Http2ErrorCode code, string text)
    {
        if (_isOver || IsClosed)
        {
            return;
        }

        SayGoAway(code, text);
        _isOver = true;
        CutAll(ProxyErrors.ClientAborted);
        FlushLater();
    }

    protected override void OnFlushedOut()
    {
        bool isDrained = _step == Step.Draining && _streams.Count == 0 && _running == 0;
        if ((_isOver || isDrained) && !_isLingering && !Output.HasOctets)
        {
            _isOver = true;
            _isLingering = true;
            Loop.Observe(LingerAsync());
        }
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask LingerAsync()
    {
        await LingeringClose.RunAsync(Connection);
        CloseNow(isReset: false);
    }

    protected override void OnLateInput()
    {
        if (!_isLingering)
        {
            Connection.Consume(Connection.ReceivedCount);
        }
    }

    protected override void OnWriteFailed(WriteStatus status)
    {
        if (status == WriteStatus.TimedOut)
        {
            Server.Counters.Add(Counter.TimeoutClientWrite);
            LimitNotes.Write(Server.Log, _client.Info, "idle_timeout", "it took nothing of what was sent");
        }

        Connection.Abort();
        Vanish();
    }

    // The client has ended its direction: answers may still be read, but RFC 9113 knows no half-closed connection, and clients that do so
    // are gone.
    protected override void OnInputEnd()
    {
        Connection.Consume(Connection.ReceivedCount);
        Vanish();
    }

    /// <summary>The client is gone.</summary>
    public void Vanish()
    {
        if (_isGone)
        {
            return;
        }

        _isGone = true;
        CutAll(ProxyErrors.ClientAborted);
        if (!_isLingering)
        {
            CloseNow(isReset: Connection.HasFailed);
        }
    }

    private void CutAll(ProxyError reason)
    {
        if (_streams.Count == 0)
        {
            return;
        }

        // What is cut may end its exchange only in a turn of its own, so the table does not change meanwhile.
        foreach (Http2Stream stream in _streams.Values)
        {
            Unqueue(stream.Sender);
            stream.Cut(reason);
        }

        _streams.Clear();
    }

    private void CloseNow(bool isReset)
    {
        if (IsClosed)
        {
            return;
        }

        _isGone = true;
        IsClosed = true;
        Loop.Disarm(this);
        Connection.Close(isReset);
        if (_running == 0)
        {
            Leave();
        }
    }

    private void Leave()
    {
        if (!_hasLeft)
        {
            _hasLeft = true;
            _client.Leave();
        }
    }
}
