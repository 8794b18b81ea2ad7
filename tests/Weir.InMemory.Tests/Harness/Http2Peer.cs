using System.Text;
using Weir.Http.Http2;

namespace Weir.InMemory.Tests.Harness;

/// <summary>An HTTP/2 client, played by the test frame by frame.</summary>
internal sealed class Http2Peer
{
    /// <summary>One site and one server, with HTTP/2 on the listener.</summary>
    public const string Yaml = """
        listen: [{ address: ":8080", protocols: [h1, h2] }]
        sites:
          "*": http://10.0.0.1:80
        """;

    private readonly Proxy _proxy;
    private readonly FrameReader _frames = new();

    public Http2Peer(Proxy proxy, bool greets = true, params byte[] settings)
    {
        _proxy = proxy;
        Peer = proxy.Connect();
        if (greets)
        {
            SendRaw([.. Preface.Octets, .. Frame(FrameType.Settings, 0, 0, settings)]);
            TakeAll().Select(frame => frame.Type).ShouldBe([FrameType.Settings, FrameType.WindowUpdate, FrameType.Settings]);
            Send(FrameType.Settings, FrameFlags.Ack, 0);
        }
    }

    public Peer Peer { get; }

    public static byte[] Frame(FrameType type, byte flags, int stream, params byte[] payload)
    {
        byte[] frame = new byte[FrameHeader.Octets + payload.Length];
        new FrameHeader(payload.Length, type, flags, stream).Write(frame);
        payload.CopyTo(frame, FrameHeader.Octets);
        return frame;
    }

    public static byte[] Number(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    public static byte[] Setting(int id, uint value) => [(byte)(id >> 8), (byte)id, .. Number(value)];

    /// <summary>A block of fields "name=value|name=value", each a literal that nobody indexes.</summary>
    public static byte[] Block(string fields)
    {
        List<byte> block = [];
        foreach (string field in fields.Split('|'))
        {
            int equals = field.IndexOf('=', 1);
            block.Add(0);
            AddText(block, field[..equals]);
            AddText(block, field[(equals + 1)..]);
        }

        return [.. block];
    }

    /// <summary>The fields of a request.</summary>
    public static string Fields(string method = "GET", string path = "/", string more = "") =>
        $":method={method}|:scheme=http|:path={path}|:authority=a.example{(more.Length > 0 ? "|" : "")}{more}";

    public void SendRaw(byte[] octets)
    {
        Peer.Connection.PeerSend(octets);
        _proxy.Run();
    }

    public void Send(FrameType type, byte flags, int stream, params byte[] payload) => SendRaw(Frame(type, flags, stream, payload));

    public void Request(int stream, string? fields = null, bool ends = true) =>
        Send(FrameType.Headers, (byte)(FrameFlags.EndHeaders | (ends ? FrameFlags.EndStream : 0)), stream, Block(fields ?? Fields()));

    public void Data(int stream, string content, bool ends = false) =>
        Send(FrameType.Data, ends ? FrameFlags.EndStream : (byte)0, stream, Encoding.Latin1.GetBytes(content));

    /// <summary>Lets time pass.</summary>
    public void Advance(int ms) => _proxy.Advance(ms);

    /// <summary>Every whole frame that came and was not taken.</summary>
    public List<Http2Frame> TakeAll()
    {
        _proxy.Run();
        List<Http2Frame> frames = [];
        while (_frames.TryTake(Peer.Connection.Sent) is { } frame)
        {
            frames.Add(frame);
        }

        return frames;
    }

    /// <summary>All frames that came, as text.</summary>
    public string[] TakeTexts() => [.. TakeAll().Select(frame => frame.ToString())];

    /// <summary>The content of a stream among frames.</summary>
    public static string Content(IEnumerable<Http2Frame> frames, int stream) =>
        string.Concat(frames.Where(frame => frame.Type == FrameType.Data && frame.Stream == stream).Select(frame => frame.Text));

    /// <summary>A proxy and a client that has greeted it; afterwards nothing is held.</summary>
    public static void Talk(Action<Http2Peer> test, Action<Proxy>? prepare = null, bool greets = true)
    {
        using Proxy proxy = new(Yaml);
        prepare?.Invoke(proxy);
        test(new Http2Peer(proxy, greets));
        proxy.AssertClean();
    }

    /// <summary>
    /// The connection ends with this error: GOAWAY is the last frame, it names the highest stream, Weir's direction ends, and nothing that
    /// comes afterwards is answered.
    /// </summary>
    public void ExpectGoAway(Http2ErrorCode code, int? lastStream = null)
    {
        List<Http2Frame> frames = TakeAll();
        string all = string.Join("\n", frames);
        frames.ShouldNotBeEmpty();
        frames[^1].Type.ShouldBe(FrameType.GoAway, all);
        frames[^1].Code.ShouldBe(code, all);
        if (lastStream is { } last)
        {
            frames[^1].LastStream.ShouldBe(last, all);
        }

        Peer.IsEnded.ShouldBeTrue(all);
        Send(FrameType.Ping, 0, 0, new byte[8]);
        Request(0x7FFF_FFF1);
        TakeTexts().ShouldBeEmpty();
        Peer.End();
        Peer.IsClosed.ShouldBeTrue();
    }

    /// <summary>The stream is reset with this error and the connection goes on.</summary>
    public void ExpectReset(int stream, Http2ErrorCode code)
    {
        List<Http2Frame> frames = TakeAll();
        frames.Select(frame => frame.ToString()).ShouldContain($"RST_STREAM {stream} {code}", string.Join("\n", frames));
        frames.ShouldNotContain(frame => frame.Type == FrameType.GoAway);
        Send(FrameType.Ping, 0, 0, new byte[8]);
        TakeTexts().ShouldBe(["Ping 0 1 8"]);
    }

    private static void AddText(List<byte> block, string text)
    {
        if (text.Length < 127)
        {
            block.Add((byte)text.Length);
        }
        else
        {
            int rest = text.Length - 127;
            block.Add(127);
            for (; rest >= 128; rest >>= 7)
            {
                block.Add((byte)(rest | 128));
            }

            block.Add((byte)rest);
        }

        block.AddRange(Encoding.Latin1.GetBytes(text));
    }
}
