using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Matrix;

internal sealed class Http1Client : ClientTalk
{
    private readonly Peer _peer;
    private bool _isHead;
    private bool _isChunked;
    private bool _isTunnel;

    public Http1Client(Proxy proxy) => _peer = proxy.Connect();

    public override Heard Heard
    {
        get
        {
            Heard heard = Heard.Read(_peer.Received, isRequest: false, _isHead);
            heard.IsCut = !heard.IsWhole && (_peer.IsClosed || _peer.IsEnded) && !(_isTunnel && _peer.IsEnded && !_peer.WasReset);
            heard.IsWhole |= _isTunnel && _peer.IsEnded && !_peer.WasReset;
            return heard;
        }
    }

    public override void Ask(string method, string path, bool hasContent = false, int? length = null, params string[] fields)
    {
        _isHead = method == "HEAD";
        _isChunked = hasContent && length is null;
        string[] framing = !hasContent ? [] : length is null ? ["Transfer-Encoding: chunked"] : [$"Content-Length: {length}"];
        _peer.SendHead([$"{method} {path} HTTP/1.1", "Host: a.test", "TE: trailers", "Connection: TE", .. fields, .. framing]);
    }

    public override void Say(string content) => _peer.Send(_isChunked ? $"{content.Length:x}\r\n{content}\r\n" : content);

    public override void Finish(params string[] trailers)
    {
        if (_isChunked)
        {
            _peer.Send("0\r\n" + string.Concat(trailers.Select(line => line + "\r\n")) + "\r\n");
        }
        else if (_isTunnel)
        {
            _peer.End();
        }
    }

    public override void Cancel() => _peer.Reset();

    public override void AskForWebSocket(string path)
    {
        _isTunnel = true;
        _peer.SendHead(
            $"GET {path} HTTP/1.1", "Host: a.test", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
    }

    public override void StopReading() => _peer.Connection.OpenWindow(0);

    public override void GoOnReading() => _peer.Connection.OpenWindow(int.MaxValue);
}
