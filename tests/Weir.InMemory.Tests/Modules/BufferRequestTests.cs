using System.Text;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Modules;

/// <summary>Proves that a module can see a request's content whole, and that the origin still gets every octet once.</summary>
public sealed class BufferRequestTests
{
    private const string Config = """
        listen: [":8080"]
        sites:
          "*": { stack: [see], routes: [{ to: http://10.0.0.1:80 }] }
        """;

    private const string Two = """
        listen: [":8080"]
        upstreams:
          app:
            servers: ["http://10.0.0.1:80", "http://10.0.0.2:80"]
            balance: round_robin
        sites:
          "*": { stack: [see], routes: [{ to: app }] }
        """;

    private readonly Seeing _module = new();

    [Fact]
    public void A_small_body_is_seen_whole_and_reaches_the_origin()
    {
        using Proxy proxy = new(Config, new Probe("see", _module));
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Content-Length: 10");
        client.Send("hello");
        proxy.Origin.Connections.ShouldBeEmpty();
        client.Send("world");
        _module.Seen.ShouldBe("helloworld");
        Message request = proxy.Origin.Take();
        request["Content-Length"].ShouldBe("10");
        request.Body.ShouldBe("helloworld");
        proxy.Origin.Answer(proxy, "done");
        client.TakeResponse().Body.ShouldBe("done");
        client.IsClosed.ShouldBeFalse();
        proxy.AssertClean();
    }

    [Fact]
    public void A_chunked_body_of_many_buffers_is_seen_whole_with_its_trailers_forwarded()
    {
        using Proxy proxy = new(Config, new Probe("see", _module));
        Peer client = proxy.Connect();
        string content = string.Concat(Enumerable.Range(0, 40_000).Select(number => $"{number:x8}"));
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Transfer-Encoding: chunked", "Trailer: X-Sum");
        foreach (char[] chunk in content.Chunk(7_000))
        {
            client.Send($"{chunk.Length:x}\r\n{new string(chunk)}\r\n");
        }

        proxy.Origin.Connections.ShouldBeEmpty();
        client.Send("0\r\nX-Sum: 5\r\n\r\n");
        _module.Seen.ShouldBe(content);
        Message request = proxy.Origin.Take();
        request.Body.ShouldBe(content);
        proxy.Origin.Answer(proxy, "done");
        client.TakeResponse().Body.ShouldBe("done");
        proxy.AssertClean();
    }

    [Fact]
    public void A_request_without_content_is_whole_at_once()
    {
        using Proxy proxy = new(Config, new Probe("see", _module));
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        _module.Seen.ShouldBe("");
        proxy.Origin.Take();
        proxy.Origin.Answer(proxy, "done");
        client.TakeResponse().Body.ShouldBe("done");
        proxy.AssertClean();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void More_than_the_limit_passes_unread_where_the_module_lets_it(bool isChunked)
    {
        _module.Limit = 1_000;
        _module.PassesLarge = true;
        using Proxy proxy = new(Config, new Probe("see", _module));
        Peer client = proxy.Connect();
        string content = string.Concat(Enumerable.Range(0, 10_000).Select(number => $"{number:x8}"));
        client.SendHead("POST / HTTP/1.1", "Host: a.test", isChunked ? "Transfer-Encoding: chunked" : "Content-Length: 80000");
        foreach (char[] chunk in content.Chunk(400))
        {
            client.Send(isChunked ? $"{chunk.Length:x}\r\n{new string(chunk)}\r\n" : new string(chunk));
        }

        client.Send(isChunked ? "0\r\n\r\n" : "");
        _module.WasTooLarge.ShouldBeTrue();
        proxy.Origin.Take().Body.ShouldBe(content);
        proxy.Origin.Answer(proxy, "done");
        client.TakeResponse().Body.ShouldBe("done");
        client.IsClosed.ShouldBeFalse();
        proxy.AssertClean();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void More_than_the_limit_can_be_answered_with_413(bool isChunked)
    {
        _module.Limit = 1_000;
        using Proxy proxy = new(Config, new Probe("see", _module));
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", isChunked ? "Transfer-Encoding: chunked" : "Content-Length: 80000");
        client.Send(isChunked ? "500\r\n" + new string('x', 0x500) + "\r\n0\r\n\r\n" : new string('x', 80_000));
        client.TakeResponse().Status.ShouldBe(413);
        proxy.Origin.Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    [Fact]
    public void A_client_that_stalls_is_ended_by_the_least_rate()
    {
        using Proxy proxy = new(Config, new Probe("see", _module));
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Content-Length: 10000");
        client.Send("hello");
        proxy.Advance(8_000);
        client.TakeResponse().Status.ShouldBe(408);
        client.IsEnded.ShouldBeTrue();
        proxy.Origin.Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_client_that_goes_away_ends_the_exchange_and_nothing_is_held(bool byReset)
    {
        using Proxy proxy = new(Config, new Probe("see", _module));
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Content-Length: 100000");
        client.Send(new string('x', 40_000));
        proxy.BuffersRented.ShouldBeGreaterThan(0);
        if (byReset)
        {
            client.Reset();
        }
        else
        {
            client.End();
        }

        proxy.Run();
        proxy.Ended.Error.ShouldBe("client_aborted");
        proxy.Origin.Connections.ShouldBeEmpty();
        proxy.BuffersRented.ShouldBe(0);
        proxy.AssertClean();
    }

    [Fact]
    public void A_client_that_expects_a_100_gets_it_at_once_and_the_origin_sees_no_Expect()
    {
        using Proxy proxy = new(Config, new Probe("see", _module));
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Expect: 100-continue", "Content-Length: 5");
        client.TakeAll().ShouldBe("HTTP/1.1 100 Continue\r\n\r\n");
        client.Send("hello");
        Message request = proxy.Origin.Take();
        request["Expect"].ShouldBeNull();
        request.Body.ShouldBe("hello");
        proxy.Origin.Answer(proxy, "done");
        client.TakeResponse().Body.ShouldBe("done");
        client.IsClosed.ShouldBeFalse();
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("HTTP/1.1", "hello")]
    [InlineData("HTTP/1.0", "")]
    public void No_100_goes_to_a_client_that_has_sent_its_content_or_knows_none(string version, string early)
    {
        using Proxy proxy = new(Config, new Probe("see", _module));
        Peer client = proxy.Connect();
        client.Send($"POST / {version}\r\nHost: a.test\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n{early}");
        client.ExpectNothing();
        client.Send("hello"[early.Length..]);
        Message request = proxy.Origin.Take();
        request["Expect"].ShouldBeNull();
        request.Body.ShouldBe("hello");
        proxy.Origin.Answer(proxy, "done");
        client.TakeResponse().Body.ShouldBe("done");
        proxy.AssertClean();
    }

    [Fact]
    public void Too_much_content_is_refused_before_a_100_invites_it()
    {
        _module.Limit = 4;
        using Proxy proxy = new(Config, new Probe("see", _module));
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Expect: 100-continue", "Content-Length: 5");
        client.TakeResponse().Status.ShouldBe(413);
        client.IsEnded.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Fact]
    public void A_client_that_was_told_to_go_on_and_stalls_is_ended_by_the_least_rate()
    {
        using Proxy proxy = new(Config, new Probe("see", _module));
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Expect: 100-continue", "Content-Length: 5");
        client.TakeResponse().Status.ShouldBe(100);
        proxy.Advance(8_000);
        client.TakeResponse().Status.ShouldBe(408);
        proxy.AssertClean();
    }

    [Fact]
    public void The_next_pipelined_request_stays_intact()
    {
        using Proxy proxy = new(Config, new Probe("see", _module));
        Peer client = proxy.Connect();
        client.Send("POST /1 HTTP/1.1\r\nHost: a.test\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"
            + "POST /2 HTTP/1.1\r\nHost: a.test\r\nContent-Length: 5\r\n\r\nworldGET /3 HTTP/1.1\r\nHost: a.test\r\n\r\n");
        string[] bodies = ["hello", "world", ""];
        for (int i = 0; i < 3; i++)
        {
            Message request = proxy.Origin.Take();
            request.StartLine.ShouldContain($" /{i + 1} ");
            request.Body.ShouldBe(bodies[i]);
            _module.Seen.ShouldBe(bodies[i]);
            proxy.Origin.Answer(proxy, "done");
            client.TakeResponse().Body.ShouldBe("done");
        }

        proxy.AssertClean();
    }

    [Fact]
    public void Buffered_content_goes_to_another_server_again()
    {
        using Proxy proxy = new(Two, new Probe("see", _module));
        Peer client = proxy.Connect();
        string content = new('x', 100_000);
        client.SendHead("PUT / HTTP/1.1", "Host: a.test", "Content-Length: 100000");
        client.Send(content);
        OriginServer first = proxy.Servers.Single(server => server.Connections.Count == 1);
        OriginServer second = proxy.Servers.Single(server => server.Connections.Count == 0);
        first.Take().Body.ShouldBe(content);
        first.Last.Reset();
        proxy.Run();
        second.Take().Body.ShouldBe(content);
        second.Answer(proxy, "done");
        client.TakeResponse().Body.ShouldBe("done");
        proxy.AssertClean();
    }

    [Fact]
    public void A_second_module_gets_what_the_first_has_read()
    {
        Seeing small = new() { Limit = 3, PassesLarge = true };
        string config = Config.Replace("[see]", "[small, see, small]", StringComparison.Ordinal);
        using Proxy proxy = new(config, new Probe("see", _module), new Probe("small", small));
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Transfer-Encoding: chunked");
        client.Send("5\r\nhello\r\n");
        client.Send("5\r\nworld\r\n0\r\n\r\n");
        small.WasTooLarge.ShouldBeTrue();
        _module.Seen.ShouldBe("helloworld");
        proxy.Origin.Take().Body.ShouldBe("helloworld");
        proxy.Origin.Answer(proxy, "done");
        client.TakeResponse().Body.ShouldBe("done");
        proxy.AssertClean();
    }

    [Fact]
    public void Memory_that_is_spent_ends_the_exchange_with_503()
    {
        using Proxy proxy = new(Config + "\nlimits: { memory: 2MiB }", new Probe("see", _module));
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Content-Length: 4000000");
        for (int i = 0; i < 40 && client.Received.Length == 0; i++)
        {
            client.Send(new string('x', 100_000));
        }

        client.TakeResponse().Status.ShouldBe(503);
        proxy.Ended.Error.ShouldBe("memory_exhausted");
        proxy.Origin.Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    private sealed class Seeing : IRequestModule
    {
        public long Limit { get; set; } = 8 << 20;

        public bool PassesLarge { get; set; }

        public string? Seen { get; private set; }

        public bool WasTooLarge { get; private set; }

        public async ValueTask<Verdict> OnRequestAsync(Exchange exchange)
        {
            BufferedRequest request = await exchange.BufferRequestAsync(Limit);
            if (request.Error is not null)
            {
                exchange.Error = request.Error;
                return Verdict.Answered;
            }

            WasTooLarge = request.IsTooLarge;
            if (request.IsTooLarge && !PassesLarge)
            {
                exchange.Error = ProxyErrors.BodyTooLarge;
                return Verdict.Answered;
            }

            StringBuilder seen = new();
            if (request.Body is { } body)
            {
                foreach (ReadOnlyMemory<byte> piece in body.ToSequence())
                {
                    seen.Append(Encoding.Latin1.GetString(piece.Span));
                }

                byte[] copy = new byte[body.Count];
                body.CopyTo(copy).ShouldBe(copy.Length);
                Encoding.Latin1.GetString(copy).ShouldBe(seen.ToString());
            }

            Seen = request.IsTooLarge ? null : seen.ToString();
            return Verdict.Continue;
        }
    }
}
