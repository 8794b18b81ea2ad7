using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Matrix;

/// <summary>Everything an exchange can do, in the four combinations of the versions that client and origin speak.</summary>
public sealed class MatrixTests
{
    public static TheoryData<int, int> Versions => new() { { 1, 1 }, { 1, 2 }, { 2, 1 }, { 2, 2 } };

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_request_without_content_and_an_answer_of_known_length(int clientVersion, int originVersion)
    {
        using Proxy proxy = Make(originVersion);
        ClientTalk client = Client(proxy, clientVersion);
        client.Ask("GET", "/a?b=c", fields: ["X-Odd: 1", "Accept: a/b"]);
        OriginTalk origin = Origin(proxy, originVersion);
        origin.Heard.Heads.ShouldBe(["GET /a?b=c"]);
        origin.Heard["x-odd"].ShouldBe("1");
        origin.Heard.IsWhole.ShouldBeTrue();
        origin.Head(200, true, 5, "Content-Type: text/plain", "Set-Cookie: a=1");
        origin.Say("hello");
        origin.Finish();
        client.Heard.Heads.ShouldBe(["200"]);
        client.Heard["content-length"].ShouldBe("5");
        client.Heard["set-cookie"].ShouldBe("a=1");
        client.Heard.Content.ShouldBe("hello");
        client.Heard.IsWhole.ShouldBeTrue();
        origin.IsConnectionKept.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Content_of_known_length_and_an_answer_of_unknown_length_with_trailers(int clientVersion, int originVersion)
    {
        using Proxy proxy = Make(originVersion);
        ClientTalk client = Client(proxy, clientVersion);
        client.Ask("POST", "/", hasContent: true, length: 10);
        client.Say("hello");
        OriginTalk origin = Origin(proxy, originVersion);
        origin.Heard["content-length"].ShouldBe("10");
        origin.Heard["te"].ShouldBe("trailers");
        origin.Heard.Content.ShouldBe("hello");
        origin.Heard.IsWhole.ShouldBeFalse();
        client.Say("world");
        client.Finish();
        origin.Heard.Content.ShouldBe("helloworld");
        origin.Heard.IsWhole.ShouldBeTrue();
        origin.Head(200, true);
        origin.Say("abc");
        client.Heard.Content.ShouldBe("abc");
        client.Heard.IsWhole.ShouldBeFalse();
        origin.Say("def");
        origin.Finish("X-Sum: 6", "Content-Length: 9");
        client.Heard.Content.ShouldBe("abcdef");
        client.Heard.Trailers.ShouldBe(["x-sum: 6"]);
        client.Heard.IsWhole.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Content_of_unknown_length_with_trailers_streams_beside_the_answer(int clientVersion, int originVersion)
    {
        using Proxy proxy = Make(originVersion);
        ClientTalk client = Client(proxy, clientVersion);
        client.Ask("POST", "/", hasContent: true);
        client.Say("one");
        OriginTalk origin = Origin(proxy, originVersion);
        origin.Head(200, true);
        for (int i = 0; i < 20; i++)
        {
            string piece = $"<{i}>";
            client.Say(piece);
            origin.Heard.Content.ShouldEndWith(piece);
            origin.Say(piece);
            client.Heard.Content.ShouldEndWith(piece);
        }

        client.Finish("X-Check: 1");
        origin.Heard.Trailers.ShouldBe(["x-check: 1"]);
        origin.Heard.IsWhole.ShouldBeTrue();
        client.Heard.IsWhole.ShouldBeFalse();
        origin.Finish();
        client.Heard.IsWhole.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Expect_and_interim_answers_pass(int clientVersion, int originVersion)
    {
        using Proxy proxy = Make(originVersion);
        ClientTalk client = Client(proxy, clientVersion);
        client.Ask("PUT", "/", hasContent: true, length: 2, fields: "Expect: 100-continue");
        OriginTalk origin = Origin(proxy, originVersion);
        origin.Heard["expect"].ShouldBe("100-continue");
        origin.Heard.Content.ShouldBeEmpty();
        origin.Interim(103, "Link: </a>");
        client.Heard["link"].ShouldBe("</a>");
        origin.Interim(100);
        client.Heard.Heads.ShouldBe(["103", "100"]);
        client.Say("ok");
        client.Finish();
        origin.Heard.Content.ShouldBe("ok");
        origin.Head(201, true, 0);
        origin.Finish();
        client.Heard.Heads.ShouldBe(["103", "100", "201"]);
        client.Heard.IsWhole.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Answers_without_content_end_with_their_head(int clientVersion, int originVersion)
    {
        foreach ((string method, int status, int? length) in new (string, int, int?)[] { ("HEAD", 200, 500), ("GET", 204, null), ("GET", 304, null) })
        {
            using Proxy proxy = Make(originVersion);
            ClientTalk client = Client(proxy, clientVersion);
            client.Ask(method, "/");
            OriginTalk origin = Origin(proxy, originVersion);
            origin.Head(status, false, length, "ETag: \"a\"");
            client.Heard.IsWhole.ShouldBeTrue($"{method} {status}");
            client.Heard.Content.ShouldBeEmpty();
            client.Heard["content-length"].ShouldBe(length is null ? null : "500");
            origin.IsConnectionKept.ShouldBeTrue();
            proxy.AssertClean();
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void An_early_answer_reaches_a_client_that_still_sends(int clientVersion, int originVersion)
    {
        using Proxy proxy = Make(originVersion);
        ClientTalk client = Client(proxy, clientVersion);
        client.Ask("POST", "/", hasContent: true, length: 100);
        client.Say("some");
        OriginTalk origin = Origin(proxy, originVersion);
        origin.Head(403, true, 2);
        origin.Say("no");
        origin.Finish();
        client.Heard.Heads.ShouldBe(["403"]);
        client.Heard.Content.ShouldBe("no");
        client.Heard.IsWhole.ShouldBeTrue();
        client.Heard.IsCut.ShouldBeFalse();
        origin.Heard.IsCut.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_client_that_gives_up_cancels_the_request(int clientVersion, int originVersion)
    {
        using Proxy proxy = Make(originVersion);
        foreach (bool isBeforeHead in (bool[])[true, false])
        {
            ClientTalk client = Client(proxy, clientVersion);
            client.Ask("GET", "/");
            OriginTalk origin = Origin(proxy, originVersion);
            if (!isBeforeHead)
            {
                origin.Head(200, true);
                origin.Say("part");
                client.Heard.Content.ShouldBe("part");
            }

            client.Cancel();
            (origin.Heard.IsReset || !origin.IsConnectionKept).ShouldBeTrue();
            origin.IsConnectionKept.ShouldBe(originVersion == 2);
        }

        proxy.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void An_answer_that_breaks_off_is_not_taken_for_whole(int clientVersion, int originVersion)
    {
        foreach (int? length in (int?[])[10, null])
        {
            using Proxy proxy = Make(originVersion);
            ClientTalk client = Client(proxy, clientVersion);
            client.Ask("GET", "/");
            OriginTalk origin = Origin(proxy, originVersion);
            origin.Head(200, true, length);
            origin.Say("part");
            client.Heard.Content.ShouldBe("part");
            origin.Break();
            client.Heard.IsCut.ShouldBeTrue();
            client.Heard.IsWhole.ShouldBeFalse();
            proxy.AssertClean();
        }
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_request_that_breaks_off_does_not_look_whole_to_the_origin(int clientVersion, int originVersion)
    {
        using Proxy proxy = Make(originVersion);
        ClientTalk client = Client(proxy, clientVersion);
        client.Ask("POST", "/", hasContent: true);
        client.Say("part");
        OriginTalk origin = Origin(proxy, originVersion);
        origin.Heard.Content.ShouldBe("part");
        client.Cancel();
        origin.Heard.IsWhole.ShouldBeFalse();
        origin.Heard.IsCut.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void What_is_not_idempotent_is_not_sent_again_when_it_breaks_off(int clientVersion, int originVersion)
    {
        using Proxy proxy = Make(originVersion);
        ClientTalk client = Client(proxy, clientVersion);
        client.Ask("POST", "/", hasContent: true, length: 2);
        client.Say("hi");
        client.Finish();
        OriginTalk origin = Origin(proxy, originVersion);
        origin.Heard.Content.ShouldBe("hi");
        origin.Break();
        client.Heard.Heads.ShouldBe(["502"]);
        proxy.Ended.Retries.ShouldBe(0);
        proxy.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void Huge_content_passes_both_ways(int clientVersion, int originVersion)
    {
        using Proxy proxy = Make(originVersion);
        ClientTalk client = Client(proxy, clientVersion);
        const int Pieces = 100;
        string piece = new('x', 32_000);
        client.Ask("POST", "/", hasContent: true);
        OriginTalk? origin = null;
        for (int i = 0; i < Pieces; i++)
        {
            client.Say(piece);
            origin ??= Origin(proxy, originVersion);
            if (i == 0)
            {
                origin.GoOnReading();
            }
        }

        client.Finish();
        origin!.Heard.Content.Length.ShouldBe(Pieces * piece.Length);
        origin.Heard.IsWhole.ShouldBeTrue();
        origin.Head(200, true, Pieces * piece.Length);
        for (int i = 0; i < Pieces; i++)
        {
            origin.Say(piece);
        }

        origin.Finish();
        client.Heard.Content.Length.ShouldBe(Pieces * piece.Length);
        client.Heard.IsWhole.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_client_that_reads_slowly_holds_the_origin_back(int clientVersion, int originVersion)
    {
        using Proxy proxy = Make(originVersion);
        ClientTalk client = Client(proxy, clientVersion);
        client.StopReading();
        client.Ask("GET", "/");
        OriginTalk origin = Origin(proxy, originVersion);
        origin.Head(200, true);

        // What a stream's window allows; over HTTP/1.1 what is not read stays in the socket.
        string piece = new('x', 16_000);
        for (int i = 0; i < 4; i++)
        {
            origin.Say(piece);
        }

        proxy.BuffersRented.ShouldBeLessThan(12);
        client.GoOnReading();
        proxy.Run();
        client.Heard.Content.Length.ShouldBe(4 * piece.Length);
        origin.Say("end");
        origin.Finish();
        client.Heard.IsWhole.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void An_origin_that_reads_slowly_holds_the_client_back(int clientVersion, int originVersion)
    {
        using Proxy proxy = Make(originVersion);
        ClientTalk client = Client(proxy, clientVersion);
        client.Ask("POST", "/", hasContent: true);
        client.Say("x");
        OriginTalk origin = Origin(proxy, originVersion);
        origin.StopReading();
        string piece = new('x', 16_000);
        for (int i = 0; i < 4; i++)
        {
            client.Say(piece);
        }

        proxy.BuffersRented.ShouldBeLessThan(12);
        origin.GoOnReading();
        client.Finish();
        origin.Heard.Content.Length.ShouldBe(1 + (4 * piece.Length));
        origin.Heard.IsWhole.ShouldBeTrue();
        origin.Head(204, false);
        client.Heard.Heads.ShouldBe(["204"]);
        proxy.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_WebSocket_opens_and_carries_both_ways(int clientVersion, int originVersion)
    {
        using Proxy proxy = Make(originVersion);
        ClientTalk client = Client(proxy, clientVersion);
        client.AskForWebSocket("/chat");
        OriginTalk origin = Origin(proxy, originVersion);
        origin.Heard.Heads.ShouldBe([originVersion == 2 ? "CONNECT /chat" : "GET /chat"]);
        origin.Heard[originVersion == 2 ? ":protocol" : "upgrade"].ShouldBe("websocket");
        origin.Heard["sec-websocket-version"].ShouldBe("13");
        (origin.Heard["sec-websocket-key"] is null).ShouldBe(originVersion == 2);
        origin.Agree();
        client.Heard.Heads.ShouldBe([clientVersion == 2 ? "200" : "101"]);
        client.Heard["sec-websocket-accept"].ShouldBe(clientVersion == 2 ? null : "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
        client.Say("ping");
        origin.Heard.Content.ShouldBe("ping");
        origin.Say("pong");
        client.Heard.Content.ShouldBe("pong");
        client.Finish();
        origin.Heard.IsWhole.ShouldBeTrue();
        origin.Say("bye");
        origin.Finish();
        client.Heard.Content.ShouldBe("pongbye");
        client.Heard.IsWhole.ShouldBeTrue();
        client.Heard.IsCut.ShouldBeFalse();
        proxy.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_WebSocket_that_an_origin_breaks_off_is_cut(int clientVersion, int originVersion)
    {
        using Proxy proxy = Make(originVersion);
        ClientTalk client = Client(proxy, clientVersion);
        client.AskForWebSocket("/chat");
        OriginTalk origin = Origin(proxy, originVersion);
        origin.Agree();
        origin.Say("pong");
        client.Heard.Content.ShouldBe("pong");
        origin.Break();
        client.Heard.IsCut.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void A_WebSocket_that_is_refused_is_an_answer_like_any(int clientVersion, int originVersion)
    {
        using Proxy proxy = Make(originVersion);
        ClientTalk client = Client(proxy, clientVersion);
        client.AskForWebSocket("/chat");
        OriginTalk origin = Origin(proxy, originVersion);
        origin.Head(403, true, 2);
        origin.Say("no");
        origin.Finish();
        client.Heard.Heads.ShouldBe(["403"]);
        client.Heard.Content.ShouldBe("no");
        proxy.AssertClean();
    }

    [Theory]
    [MemberData(nameof(Versions))]
    public void An_origin_that_says_nothing_is_a_504_and_its_request_is_given_up(int clientVersion, int originVersion)
    {
        using Proxy proxy = Make(originVersion);
        ClientTalk client = Client(proxy, clientVersion);
        client.Ask("POST", "/", hasContent: true, length: 2);
        client.Say("hi");
        client.Finish();
        OriginTalk origin = Origin(proxy, originVersion);
        proxy.Advance(9_000);
        if (originVersion == 2)
        {
            // It lives: only this request gets no answer.
            FramePeer frames = proxy.Origin.Frames(proxy);
            for (int i = 0; i < 13; i++)
            {
                proxy.Advance(4_000);
                frames.Send(Weir.Http.Http2.FrameType.Ping, 1, 0, new byte[8]);
            }
        }

        proxy.Advance(53_000);
        client.Heard.Heads.ShouldBe(["504"]);
        (origin.Heard.IsReset || !origin.IsConnectionKept).ShouldBeTrue();
        proxy.AssertClean();
    }

    private static Proxy Make(int originVersion)
    {
        Proxy proxy = new($$"""
            listen: [{ address: ":8080", protocols: [h1, h2] }]
            upstreams:
              app: { servers: [{ url: "http://10.0.0.1:80", protocol: h{{originVersion}} }] }
            sites:
              "*": app
            """);
        proxy.Origin.Settings = [.. Http2Peer.Setting(8, 1), .. Http2Peer.Setting(4, 65_535)];
        return proxy;
    }

    private static ClientTalk Client(Proxy proxy, int version) => version == 2 ? new Http2Client(proxy) : new Http1Client(proxy);

    private static OriginTalk Origin(Proxy proxy, int version) => version == 2 ? new Http2Origin(proxy) : new Http1Origin(proxy);
}
