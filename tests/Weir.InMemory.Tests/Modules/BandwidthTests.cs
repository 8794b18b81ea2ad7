using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Modules;

/// <summary>
/// Proves that `bandwidth` lets content flow at its rate and no faster, by the clock of the test, and changes no octet of it.
/// </summary>
public sealed class BandwidthTests
{
    private const int KiB = 1024;

    [Fact]
    public void The_example_of_the_readme_does_what_it_says()
    {
        using Proxy proxy = new(ReadmeExample.Site("Bandwidth"));
        Peer client = Ask(proxy);
        string content = Content(1500 * KiB);
        proxy.Origin.Answer(proxy, content);
        BodyOctets(client).ShouldBeInRange(1000 * KiB, 1100 * KiB);
        AtSecond(proxy, 1);
        client.TakeResponse().Body.ShouldBe(content);
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("Content-Length")]
    [InlineData("chunked")]
    public void A_response_comes_at_its_rate(string framing)
    {
        using Proxy proxy = new(Yaml("response: 10KiB/s, burst: 10KiB"));
        Peer client = Ask(proxy);
        string content = Content(40 * KiB);
        if (framing == "chunked")
        {
            proxy.Origin.Last.Send($"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{content.Length:x}\r\n{content}\r\n0\r\n\r\n");
        }
        else
        {
            proxy.Origin.Answer(proxy, content);
        }

        AtSecond(proxy, 0);
        BodyOctets(client).ShouldBeInRange(9 * KiB, 11 * KiB);
        AtSecond(proxy, 1);
        BodyOctets(client).ShouldBeInRange(19 * KiB, 21 * KiB);
        AtSecond(proxy, 1);
        BodyOctets(client).ShouldBeInRange(29 * KiB, 31 * KiB);
        AtSecond(proxy, 2);
        client.TakeResponse().Body.ShouldBe(content);
        proxy.AssertClean();
    }

    [Fact]
    public void What_comes_first_does_not_count()
    {
        using Proxy proxy = new(Yaml("response: 1KiB/s, after: 16KiB"));
        Peer client = Ask(proxy);
        proxy.Origin.Answer(proxy, Content(24 * KiB));
        BodyOctets(client).ShouldBeInRange(16 * KiB, 18 * KiB);
        AtSecond(proxy, 4);
        BodyOctets(client).ShouldBeInRange(20 * KiB, 22 * KiB);
        AtSecond(proxy, 4);
        client.TakeResponse().Body.Length.ShouldBe(24 * KiB);
        proxy.AssertClean();
    }

    [Fact]
    public void Exchanges_of_a_client_share_its_rate_evenly_and_another_has_its_own()
    {
        using Proxy proxy = new(Yaml("response: 10KiB/s, burst: 1KiB"));
        Peer[] clients = [Ask(proxy), Ask(proxy), Ask(proxy, client: 2)];
        foreach (Peer origin in proxy.Origin.Connections)
        {
            origin.Answer(proxy, Content(100 * KiB));
        }

        AtSecond(proxy, 4);
        BodyOctets(clients[0]).ShouldBeInRange(19 * KiB, 22 * KiB);
        BodyOctets(clients[1]).ShouldBeInRange(19 * KiB, 22 * KiB);
        BodyOctets(clients[2]).ShouldBeInRange(40 * KiB, 42 * KiB);
        foreach (Peer client in clients)
        {
            client.Reset();
        }

        proxy.AssertClean();
    }

    [Fact]
    public void A_request_comes_at_its_rate_and_its_client_feels_it()
    {
        using Proxy proxy = new(Yaml("request: 10KiB/s, burst: 10KiB"));
        Peer client = proxy.Connect();
        string content = Content(300 * KiB);
        client.SendHead("POST / HTTP/1.1", "Host: a.test", $"Content-Length: {content.Length}");
        client.Send(content[..(100 * KiB)]);
        Peer origin = proxy.Origin.Last;
        BodyOctets(origin).ShouldBeInRange(9 * KiB, 11 * KiB);
        AtSecond(proxy, 2);
        BodyOctets(origin).ShouldBeInRange(29 * KiB, 31 * KiB);

        // Nothing is read beyond a buffer: the rest waits at the client.
        proxy.BuffersRented.ShouldBeLessThan(5);
        client.Send(content[(100 * KiB)..]);
        AtSecond(proxy, 30);
        origin.TakeRequest().Body.ShouldBe(content);
        origin.Answer(proxy, "ok");
        client.TakeResponse().Body.ShouldBe("ok");
        proxy.AssertClean();
    }

    [Fact]
    public void A_hit_of_a_cache_below_is_paced_too()
    {
        using Proxy proxy = new(Yaml("response: 10KiB/s, burst: 1KiB", ", cache"));
        Peer first = Ask(proxy);
        proxy.Origin.Last.Answer(proxy, Content(20 * KiB), "HTTP/1.1 200 OK", "Cache-Control: max-age=3600");
        AtSecond(proxy, 3);
        first.TakeResponse().Status.ShouldBe(200);
        Peer second = proxy.Connect();
        second.SendHead("GET / HTTP/1.1", "Host: a.test");
        AtSecond(proxy, 1);
        BodyOctets(second).ShouldBeInRange(9 * KiB, 12 * KiB);
        AtSecond(proxy, 2);
        Message hit = second.TakeResponse();
        hit.Body.ShouldBe(Content(20 * KiB));
        hit["Cache-Status"]!.ShouldContain("hit");
        proxy.AssertClean();
    }

    [Fact]
    public void Over_http2_too()
    {
        using Proxy proxy = new(Yaml("response: 10KiB/s, burst: 1KiB").Replace("[\":8080\"]", "[{ address: \":8080\", protocols: [h1, h2] }]", StringComparison.Ordinal));
        Http2Peer client = new(proxy);
        client.Request(1);
        proxy.Origin.Answer(proxy, Content(20 * KiB));
        proxy.Advance(1_000, 10);
        string early = Http2Peer.Content(client.TakeAll(), 1);
        early.Length.ShouldBeInRange(9 * KiB, 12 * KiB);
        proxy.Advance(2_000, 10);
        (early + Http2Peer.Content(client.TakeAll(), 1)).ShouldBe(Content(20 * KiB));
        client.Peer.End();
        proxy.AssertClean();
    }

    [Fact]
    public void A_client_that_goes_ends_the_wait()
    {
        using Proxy proxy = new(Yaml("response: 1KiB/s, burst: 1KiB"));
        Peer client = Ask(proxy);
        proxy.Origin.Answer(proxy, Content(60 * KiB));
        client.Reset();
        AtSecond(proxy, 1);
        proxy.Server.ExchangesInUse.ShouldBe(0);
        proxy.AssertClean();
    }

    private static string Yaml(string options, string more = "") => $$"""
        listen: [":8080"]
        sites:
          "*":
            stack: [{ bandwidth: { {{options}} } }{{more}}]
            routes: [{ to: "http://10.0.0.1:80" }]
        """;

    private static string Content(int octets) => string.Create(octets, 0, static (text, _) =>
    {
        for (int i = 0; i < text.Length; i++)
        {
            text[i] = (char)('a' + (i % 26) - (i / 1000 % 2 * 32));
        }
    });

    private static Peer Ask(Proxy proxy, uint client = 1)
    {
        Peer peer = proxy.Connect(0xC0000200 + client);
        peer.SendHead("GET / HTTP/1.1", "Host: a.test");
        return peer;
    }

    private static void AtSecond(Proxy proxy, int later)
    {
        proxy.Run();
        proxy.Advance(later * 1000, 10);
    }

    private static int BodyOctets(Peer peer) => peer.Received.Length - peer.Received.IndexOf("\r\n\r\n", StringComparison.Ordinal) - 4;
}
