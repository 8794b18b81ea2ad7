using System.Text;
using Weir.Http.Http2;
using Weir.Net.Memory;

namespace Weir.InMemory.Tests.Harness;

/// <summary>An HTTP/2 origin, played by the test frame by frame.</summary>
internal sealed class FramePeer
{
    private readonly Proxy _proxy;
    private readonly FrameReader _reader = new();
    private bool _hasPreface;

    public FramePeer(Proxy proxy, MemoryConnection connection)
    {
        _proxy = proxy;
        Connection = connection;
    }

    public MemoryConnection Connection { get; }

    public bool IsClosed => Connection.IsPeerInformedOfClose;

    /// <summary>What a server says first.</summary>
    public static byte[] Greeting(byte[] settings) =>
        [.. Http2Peer.Frame(FrameType.Settings, 0, 0, settings), .. Http2Peer.Frame(FrameType.Settings, FrameFlags.Ack, 0)];

    /// <summary>A request's fields, without those that say where it came through.</summary>
    public static string Plain(Http2Frame headers) =>
        string.Join("\n", headers.Fields.Split('\n').Where(line => !line.StartsWith("via:", StringComparison.Ordinal)
            && !line.StartsWith("x-forwarded-", StringComparison.Ordinal) && !line.StartsWith("forwarded:", StringComparison.Ordinal)
                && !line.StartsWith("cdn-loop:", StringComparison.Ordinal)));

    /// <summary>The value of a field of a request; null: it is not there.</summary>
    public static string? Field(Http2Frame headers, string name) =>
        headers.Fields.Split('\n').Where(line => line.StartsWith(name + ": ", StringComparison.Ordinal)).Select(line => line[(name.Length + 2)..]).FirstOrDefault();

    public void SendRaw(byte[] octets)
    {
        Connection.PeerSend(octets);
        _proxy.Run();
    }

    public void Send(FrameType type, byte flags, int stream, params byte[] payload) =>
        SendRaw(Http2Peer.Frame(type, flags, stream, payload));

    /// <summary>Sends HEADERS of fields "name=value|name=value".</summary>
    public void Head(int stream, string fields, bool ends = false) =>
        Send(FrameType.Headers, (byte)(FrameFlags.EndHeaders | (ends ? FrameFlags.EndStream : 0)), stream, Http2Peer.Block(fields));

    public void Data(int stream, string content, bool ends = false) =>
        Send(FrameType.Data, ends ? FrameFlags.EndStream : (byte)0, stream, Encoding.Latin1.GetBytes(content));

    /// <summary>Answers whole, in one packet.</summary>
    public void Answer(int stream, string content, string fields = ":status=200") => SendRaw(
    [
        .. Http2Peer.Frame(FrameType.Headers, FrameFlags.EndHeaders, stream, Http2Peer.Block(fields)),
        .. Http2Peer.Frame(FrameType.Data, FrameFlags.EndStream, stream, Encoding.Latin1.GetBytes(content)),
    ]);

    public void Reset(int stream, Http2ErrorCode code) => Send(FrameType.RstStream, 0, stream, Http2Peer.Number((uint)code));

    public void GoAway(int lastStream, Http2ErrorCode code = Http2ErrorCode.NoError) =>
        Send(FrameType.GoAway, 0, 0, [.. Http2Peer.Number((uint)lastStream), .. Http2Peer.Number((uint)code)]);

    public void End()
    {
        Connection.PeerEnd();
        _proxy.Run();
    }

    /// <summary>Every whole frame that came and was not taken, but for the beginning of a connection.</summary>
    public List<Http2Frame> TakeAll()
    {
        _proxy.Run();
        if (!_hasPreface)
        {
            Connection.Sent.StartsWith(Preface.Octets).ShouldBeTrue();
            _hasPreface = true;
            TryTake()!.Type.ShouldBe(FrameType.Settings);
            TryTake()!.ToString().ShouldBe($"WINDOW_UPDATE 0 {(4 << 20) - 65_535}");
            TryTake()!.ToString().ShouldBe("Settings 0 1 0");
        }

        List<Http2Frame> frames = [];
        while (TryTake() is { } frame)
        {
            frames.Add(frame);
        }

        return frames;
    }

    /// <summary>All frames that came, as text.</summary>
    public string[] TakeTexts() =>
        [.. TakeAll().Select(frame => (frame.Type == FrameType.Headers ? frame with { Fields = Plain(frame) } : frame).ToString())];

    private Http2Frame? TryTake() => _reader.TryTake(Connection.Sent[Preface.Octets.Length..]);
}
