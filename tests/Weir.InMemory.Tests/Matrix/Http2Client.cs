using System.Globalization;
using Weir.Http.Http2;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Matrix;

internal sealed class Http2Client : ClientTalk
{
    private const int Stream = 1;

    private readonly Http2Peer _peer;
    private readonly Http2Heard _heard = new(Stream, isRequest: false);

    public Http2Client(Proxy proxy)
    {
        _peer = new Http2Peer(proxy);

        // What is not meant to be slow is not.
        _peer.Send(FrameType.WindowUpdate, 0, 0, Http2Peer.Number(100_000_000));
        _peer.Send(FrameType.Settings, 0, 0, Http2Peer.Setting(4, 100_000_000));
        _peer.TakeAll();
    }

    public override Heard Heard
    {
        get
        {
            _heard.Take(_peer.TakeAll());
            return _heard.Heard;
        }
    }

    public override void Ask(string method, string path, bool hasContent = false, int? length = null, params string[] fields)
    {
        string[] framing = length is { } octets ? ["content-length: " + octets.ToString(CultureInfo.InvariantCulture)] : [];
        _peer.Request(Stream, Http2Peer.Fields(method, path, Joined(["te: trailers", .. fields, .. framing])), ends: !hasContent);
    }

    public override void Say(string content) => Send(content, _peer);

    public override void Finish(params string[] trailers)
    {
        if (trailers.Length > 0)
        {
            _peer.Send(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, Stream, Http2Peer.Block(Joined(trailers)));
        }
        else
        {
            _peer.Data(Stream, "", ends: true);
        }
    }

    public override void Cancel() => _peer.Send(FrameType.RstStream, 0, Stream, Http2Peer.Number((uint)Http2ErrorCode.Cancel));

    public override void AskForWebSocket(string path) =>
        _peer.Request(Stream, Http2Peer.Fields("CONNECT", path, ":protocol=websocket|sec-websocket-version=13"), ends: false);

    public override void StopReading() => _peer.Send(FrameType.Settings, 0, 0, Http2Peer.Setting(4, 0));

    public override void GoOnReading() => _peer.Send(FrameType.Settings, 0, 0, Http2Peer.Setting(4, 100_000_000));

    public static string Joined(IEnumerable<string> lines) =>
        string.Join('|', lines.Select(Heard.Lower).Select(line => line.Replace(": ", "=", StringComparison.Ordinal)));

    private static void Send(string content, Http2Peer peer)
    {
        for (int at = 0; at < content.Length; at += FrameHeader.DefaultMaxPayload)
        {
            peer.Data(Stream, content.Substring(at, Math.Min(FrameHeader.DefaultMaxPayload, content.Length - at)));
        }
    }
}
