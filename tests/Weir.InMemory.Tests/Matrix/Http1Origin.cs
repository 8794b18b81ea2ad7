using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Matrix;

internal sealed class Http1Origin : OriginTalk
{
    private readonly Proxy _proxy;
    private readonly Peer _peer;
    private bool _isChunked;
    private bool _isTunnel;

    public Http1Origin(Proxy proxy)
    {
        _proxy = proxy;
        _peer = proxy.Origin.Last;
    }

    public override Heard Heard
    {
        get
        {
            Heard heard = Heard.Read(_peer.Received, isRequest: true);
            if (_isTunnel)
            {
                heard.Content = _peer.Received[(_peer.Received.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..];
                heard.IsWhole = _peer.IsEnded && !_peer.WasReset;
            }

            heard.IsCut = _peer.WasReset || (!heard.IsWhole && _peer.IsClosed);
            return heard;
        }
    }

    public override bool IsConnectionKept => !_peer.IsClosed;

    public override void Head(int status, bool hasContent, int? length = null, params string[] fields)
    {
        _isChunked = hasContent && length is null;
        string[] framing = _isChunked ? ["Transfer-Encoding: chunked"] : length is null ? [] : [$"Content-Length: {length}"];
        Send($"HTTP/1.1 {status} X\r\n" + string.Concat(fields.Concat(framing).Select(line => line + "\r\n")) + "\r\n");
    }

    public override void Interim(int status, params string[] fields) =>
        Send($"HTTP/1.1 {status} X\r\n" + string.Concat(fields.Select(line => line + "\r\n")) + "\r\n");

    public override void Say(string content) => Send(_isChunked ? $"{content.Length:x}\r\n{content}\r\n" : content);

    public override void Finish(params string[] trailers)
    {
        if (_isChunked)
        {
            Send("0\r\n" + string.Concat(trailers.Select(line => line + "\r\n")) + "\r\n");
        }
        else if (_isTunnel)
        {
            _peer.End();
            _proxy.Run();
        }
    }

    public override void Break()
    {
        _peer.Reset();
        _proxy.Run();
    }

    public override void Agree()
    {
        _isTunnel = true;
        _peer.SendSwitch();
        _proxy.Run();
    }

    public override void StopReading() => _peer.Connection.OpenWindow(0);

    public override void GoOnReading()
    {
        _peer.Connection.OpenWindow(int.MaxValue);
        _proxy.Run();
    }

    private void Send(string text)
    {
        _peer.Send(text);
        _proxy.Run();
    }
}
