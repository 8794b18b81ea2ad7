using System.Globalization;
using Weir.Http.Http2;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Matrix;

internal sealed class Http2Origin : OriginTalk
{
    private readonly FramePeer _peer;
    private readonly int _stream;
    private readonly Http2Heard _heard;

    public Http2Origin(Proxy proxy)
    {
        _peer = proxy.Origin.Frames(proxy);
        List<Http2Frame> frames = _peer.TakeAll();
        _stream = frames.First(frame => frame.Type == FrameType.Headers).Stream;
        _heard = new Http2Heard(_stream, isRequest: true);
        _heard.Take(frames);
    }

    public override Heard Heard
    {
        get
        {
            _heard.Take(_peer.TakeAll());
            _heard.Heard.IsCut |= _peer.IsClosed;
            return _heard.Heard;
        }
    }

    public override bool IsConnectionKept => !_peer.IsClosed;

    public override void Head(int status, bool hasContent, int? length = null, params string[] fields)
    {
        string[] framing = length is { } octets ? ["content-length: " + octets.ToString(CultureInfo.InvariantCulture)] : [];
        _peer.Head(_stream, Http2Client.Joined([$"x-status: {status}", .. fields, .. framing])
            .Replace("x-status=", ":status=", StringComparison.Ordinal), ends: !hasContent);
    }

    public override void Interim(int status, params string[] fields) =>
        _peer.Head(
            _stream, Http2Client.Joined([$"x-status: {status}", .. fields]).Replace("x-status=", ":status=", StringComparison.Ordinal));

    public override void Say(string content)
    {
        for (int at = 0; at < content.Length; at += FrameHeader.DefaultMaxPayload)
        {
            _peer.Data(_stream, content.Substring(at, Math.Min(FrameHeader.DefaultMaxPayload, content.Length - at)));
        }
    }

    public override void Finish(params string[] trailers)
    {
        if (trailers.Length > 0)
        {
            _peer.Head(_stream, Http2Client.Joined(trailers), ends: true);
        }
        else
        {
            _peer.Data(_stream, "", ends: true);
        }
    }

    public override void Break() => _peer.Reset(_stream, Http2ErrorCode.InternalError);

    public override void Agree() => _peer.Head(_stream, ":status=200");

    public override void StopReading() => _peer.Send(FrameType.Settings, 0, 0, Http2Peer.Setting(4, 0));

    public override void GoOnReading()
    {
        _peer.Send(FrameType.Settings, 0, 0, Http2Peer.Setting(4, 100_000_000));
        _peer.Send(FrameType.WindowUpdate, 0, 0, Http2Peer.Number(100_000_000));
    }
}
