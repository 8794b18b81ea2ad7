using Weir.Abstractions.Errors;
using Weir.Http.Http2;
using Weir.Net.Connections;

namespace Weir.Upstream.Http2;

/// <summary>How the connection ends: idle, broken off, or gone.</summary>
internal sealed partial class Http2OriginConnection
{
    private ProxyError? _end;
    private bool _isOver;

    /// <summary>The server broke the protocol: says GOAWAY and ends; what runs fails.</summary>
    protected override void Finish(Http2Fault fault)
    {
        if (IsGone)
        {
            return;
        }

        ProxyError reason = HasSettings ? ProxyErrors.OriginBadHead : ProxyErrors.OriginNotHttp2;
        Output.WriteGoAway(0, fault.Code, fault.Text ?? "");
        _isOver = true;
        _end = reason;
        CutAll(reason, fault.Text);
        FlushLater();
    }

    protected override void OnFlushedOut()
    {
        if (Output.HasOctets)
        {
            return;
        }

        if (_isOver)
        {
            CloseNow(_end);
        }
        else if (_takesNoMore && ActiveCount == 0)
        {
            _isOver = true;
            Output.WriteGoAway(0, Http2ErrorCode.NoError, "");
            FlushLater();
        }
    }

    protected override void OnInputEnd() => Vanish(ProxyErrors.OriginReset);

    protected override void OnWriteFailed(WriteStatus status)
    {
        // Only this direction may be broken: what the server said before it stopped listening is worth more.
        ReceiveInput();
        Vanish(status == WriteStatus.TimedOut ? ProxyErrors.OriginWriteTimeout : ProxyErrors.OriginReset);
    }

    /// <summary>The connection is gone, or as good as that.</summary>
    private void Vanish(ProxyError reason)
    {
        if (IsClosed)
        {
            return;
        }

        _end ??= reason;
        CutAll(reason, null);
        CloseNow(_end);
    }

    private void CutAll(ProxyError reason, string? text)
    {
        // What is cut may end its exchange only in a turn of its own, so neither the list nor the table changes meanwhile.
        for (Http2OriginStream? stream = _first; stream is not null; stream = stream.Next)
        {
            stream.RejectText ??= text;
            Unqueue(stream.Sender);
            stream.Cut(reason);
        }

        _streams.Clear();
    }

    private void CloseNow(ProxyError? reason)
    {
        if (IsClosed)
        {
            return;
        }

        _isOver = true;
        IsClosed = true;
        Loop.Disarm(this);
        if (_pool.IsLimited && !Connection.HasFailed)
        {
            // The descriptor is closed at the end of the turn; the server must see this one end before another loop connects.
            Connection.ShutdownWrite();
        }

        Connection.Close(reset: Connection.HasFailed);
        _pool.OnClosed(this, _holdsSlot);
        _starting?.TrySetResult(reason ?? ProxyErrors.ConnectFailed);
        _starting = null;
    }
}
