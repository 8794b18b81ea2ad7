using Weir.Http.Http2;
using Weir.InMemory.Tests.Harness;
using Weir.InMemory.Tests.Matrix;

namespace Weir.InMemory.Tests.Faults;

/// <summary>
/// Proves that an HTTP/2 origin whose connection breaks, ends or falls silent at any octet of what it says leaves a whole answer, an error
/// or a cut: that nothing hangs, nothing is held afterwards, and no half answer is taken for whole.
/// </summary>
public sealed class Http2OriginFaultTests
{
    private const string Yaml = """
        listen: [{ address: ":8080", protocols: [h1, h2] }]
        upstreams:
          app: { servers: [{ url: "http://10.0.0.1:80", protocol: h2 }] }
        sites:
          "*": app
        """;

    private static readonly byte[] _greeting = FramePeer.Greeting(Http2Peer.Setting(3, 100));

    private static readonly byte[] _answer =
    [
        .. Http2Peer.Frame(FrameType.Headers, FrameFlags.EndHeaders, 1, Http2Peer.Block(":status=103|link=</a>")),
        .. Http2Peer.Frame(FrameType.Ping, 0, 0, new byte[8]),
        .. Http2Peer.Frame(FrameType.Headers, 0, 1, Http2Peer.Block(":status=200")),
        .. Http2Peer.Frame(FrameType.Continuation, FrameFlags.EndHeaders, 1, Http2Peer.Block("x=y")),
        .. Http2Peer.Frame(FrameType.Data, 0, 1, [.. "hel"u8]),
        .. Http2Peer.Frame(FrameType.Data, FrameFlags.Padded, 1, [2, .. "lo"u8, 0, 0]),
        .. Http2Peer.Frame(FrameType.Headers, FrameFlags.EndHeaders | FrameFlags.EndStream, 1, Http2Peer.Block("x-sum=5")),
    ];

    public static TheoryData<string, int, string> Cases()
    {
        TheoryData<string, int, string> cases = [];
        foreach (string method in (string[])["GET", "POST"])
        {
            foreach (string fault in (string[])["reset", "end", "silence", "one octet at a time", "a flipped bit"])
            {
                cases.Add(method, 1, fault);
                cases.Add(method, 2, fault);
            }
        }

        return cases;
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public void Every_octet(string method, int clientVersion, string fault)
    {
        int octets = fault == "one octet at a time" ? 0 : _greeting.Length + _answer.Length;
        for (int at = 0; at <= octets; at++)
        {
            try
            {
                Play(method, clientVersion, fault, at);
            }
            catch (Exception exception)
            {
                throw new InvalidOperationException($"{method}, {fault}, after {at} octets", exception);
            }
        }
    }

    private static void Play(string method, int clientVersion, string fault, int at)
    {
        using Proxy proxy = new(Yaml);
        proxy.Origin.Greets = false;
        ClientTalk client = clientVersion == 2 ? new Http2Client(proxy) : new Http1Client(proxy);
        bool hasContent = method == "POST";
        client.Ask(method, "/", hasContent, hasContent ? 4 : null);
        if (hasContent)
        {
            client.Say("body");
            client.Finish();
        }

        int answered = 0;
        for (int seconds = 0; seconds < 200 && !IsOver(client.Heard); seconds++)
        {
            for (; answered < proxy.Origin.Connections.Count; answered++)
            {
                Serve(proxy, answered, answered == 0 ? fault : "", at);
            }

            proxy.Advance(1_000, 500);
        }

        Heard heard = client.Heard;
        IsOver(heard).ShouldBeTrue("It hangs.");
        if (heard.IsWhole && heard.Heads[^1] == "200" && fault != "a flipped bit")
        {
            heard.Content.ShouldBe("hello");
            heard.Trailers.ShouldBe(["x-sum: 5"]);
        }
        else if (!heard.IsCut && fault != "a flipped bit")
        {
            heard.Heads[^1].ShouldBeOneOf("502", "503", "504");
        }

        if (fault == "one octet at a time" || at == _greeting.Length + _answer.Length)
        {
            (heard.IsWhole && heard.Heads[^1] == "200").ShouldBeTrue();
        }

        proxy.AssertClean();
    }

    private static bool IsOver(Heard heard) => heard.IsCut || (heard.IsWhole && heard.Heads.Count > 0 && heard.Heads[^1][0] != '1');

    private static void Serve(Proxy proxy, int index, string fault, int at)
    {
        Peer peer = proxy.Origin.Connections[index];
        byte[] said = [.. _greeting, .. _answer];
        if (fault == "one octet at a time")
        {
            peer.Connection.MaxReceive = 1;
        }
        else if (fault == "a flipped bit" && at < said.Length)
        {
            said[at] ^= 1;
        }

        bool isCut = fault is "reset" or "end" or "silence";
        int most = isCut ? at : said.Length;
        peer.Connection.PeerSend(said.AsSpan(0, Math.Min(most, _greeting.Length)));
        proxy.Run();
        if (most > _greeting.Length)
        {
            peer.Connection.PeerSend(said.AsSpan(_greeting.Length, most - _greeting.Length));
            proxy.Run();
        }

        if (fault == "reset")
        {
            peer.Reset();
        }
        else if (fault == "end")
        {
            peer.End();
        }

        proxy.Run();
    }
}
