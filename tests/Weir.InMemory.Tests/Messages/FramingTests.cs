using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Messages;

/// <summary>Proves that content and trailers pass with the right framing in both directions (RFC 9112 sections 6 and 7).</summary>
public sealed class FramingTests
{
    [Fact]
    public void HEAD_has_the_lengths_of_GET_and_no_content()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("HEAD / HTTP/1.1", "Host: a.test");
        proxy.Origin.Take().StartLine.ShouldStartWith("HEAD ");
        proxy.Origin.Last.SendHead("HTTP/1.1 200 OK", "Content-Length: 1000");
        proxy.Run();
        client.TakeResponse(isHead: true)["Content-Length"].ShouldBe("1000");
        client.ExpectNothing();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Take();
        proxy.Origin.Answer(proxy, "x");
        client.TakeResponse().Body.ShouldBe("x");
        proxy.Origin.Connections.Count.ShouldBe(1);
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("HTTP/1.1 204 No Content", "X: y")]
    [InlineData("HTTP/1.1 304 Not Modified", "Content-Length: 70")]
    [InlineData("HTTP/1.1 304 Not Modified", "ETag: \"a\"")]
    public void A_response_without_content_ends_with_its_head(string statusLine, string field)
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        for (int i = 0; i < 2; i++)
        {
            client.SendHead("GET / HTTP/1.1", "Host: a.test");
            proxy.Origin.Take();
            proxy.Origin.Last.SendHead(statusLine, field);
            proxy.Run();
            Message response = client.TakeResponse();
            response.StartLine.ShouldBe(statusLine);
            response["Transfer-Encoding"].ShouldBeNull();
            client.ExpectNothing();
        }

        proxy.Origin.Connections.Count.ShouldBe(1);
        client.IsClosed.ShouldBeFalse();
        proxy.AssertClean();
    }

    [Fact]
    public void A_204_never_has_a_Content_Length()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Take();
        proxy.Origin.Last.SendHead("HTTP/1.1 204 No Content", "Content-Length: 0");
        proxy.Run();
        client.TakeResponse()["Content-Length"].ShouldBeNull();
        proxy.AssertClean();
    }

    [Fact]
    public void Chunked_content_passes_both_ways()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Transfer-Encoding: chunked");
        client.Send("5;ext=1\r\nhello\r\n");
        client.Send("6\r\n world\r\n0\r\n\r\n");
        Message request = proxy.Origin.Take();
        request.IsChunked.ShouldBeTrue();
        request.Body.ShouldBe("hello world");
        proxy.Origin.Answer(proxy, "3\r\nabc\r\n3;x\r\ndef\r\n0\r\n\r\n", "HTTP/1.1 200 OK", "Transfer-Encoding: chunked");
        Message response = client.TakeResponse();
        response.IsChunked.ShouldBeTrue();
        response.Body.ShouldBe("abcdef");
        client.ExpectNothing();
        proxy.AssertClean();
    }

    [Fact]
    public void Content_of_an_HTTP_1_0_origin_that_ends_with_its_connection_is_chunked_for_the_client()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Take();
        proxy.Origin.Last.Send("HTTP/1.0 200 OK\r\n\r\nhel");
        proxy.Run();
        proxy.Origin.Last.Send("lo");
        proxy.Run();
        client.TryTake(isResponse: true, isHead: false, out _).ShouldBeFalse();
        proxy.Origin.Last.End();
        proxy.Run();
        Message response = client.TakeResponse();
        response.Body.ShouldBe("hello");
        response.StartLine.ShouldBe("HTTP/1.1 200 OK");
        client.IsClosed.ShouldBeFalse();
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("TE: trailers", "Connection: TE", true)]
    [InlineData("TE: gzip, Trailers", "Connection: te", true)]
    [InlineData("TE: gzip", "Connection: TE", false)]
    [InlineData("X: y", "X: z", false)]
    public void Response_trailers_reach_only_clients_that_take_them(string te, string connection, bool isPassed)
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test", te, connection);
        (proxy.Origin.Take()["TE"] ?? "").ShouldBe(isPassed ? "trailers" : "");
        proxy.Origin.Answer(
            proxy, "5\r\nhello\r\n0\r\nX-Sum: 1\r\nContent-Length: 9\r\nSet-Cookie: a=b\r\n\r\n",
            "HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "Trailer: X-Sum");
        Message response = client.TakeResponse();
        response.Body.ShouldBe("hello");
        response.Trailers.ShouldBe(isPassed ? "X-Sum: 1\r\n" : "");
        response["Trailer"].ShouldBe(isPassed ? "X-Sum" : null);
        response["X-Sum"].ShouldBeNull();
        client.ExpectNothing();
        proxy.AssertClean();
    }

    [Fact]
    public void Request_trailers_pass_but_those_that_frame_route_or_authorise_do_not()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Transfer-Encoding: chunked", "Trailer: X-Sum");
        client.Send("5\r\nhello\r\n0\r\nX-Sum: 1\r\nHost: evil\r\nTransfer-Encoding: chunked\r\n"
            + "Authorization: x\r\nCookie: a\r\nX-Forwarded-For: 1.1.1.1\r\n\r\n");
        Message request = proxy.Origin.Take();
        request.Body.ShouldBe("hello");
        request.Trailers.ShouldBe("X-Sum: 1\r\n");
        proxy.Origin.Answer(proxy, "x");
        client.TakeResponse();
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("If-None-Match: \"a\"")]
    [InlineData("Accept-Language: de")]
    [InlineData("True-Client-IP: 1.1.1.1")]
    [InlineData("X-Original-Host: evil")]
    [InlineData("traceparent: 00-0-0-00")]
    [InlineData("X-Weir-Debug: 1")]
    [InlineData("X_Forwarded_For: 1.1.1.1")]
    [InlineData("Content-Type: text/plain")]
    [InlineData("X-One-Hop: 1")]
    [InlineData("x-other-hop: 1")]
    public void Request_trailers_that_gateways_decide_or_Connection_names_are_dropped(string trailer)
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Transfer-Encoding: chunked", "Connection: X-One-Hop, keep-alive", "Connection: X-Other-Hop");
        client.Send($"5\r\nhello\r\n0\r\nX-Sum: 1\r\n{trailer}\r\n\r\n");
        Message request = proxy.Origin.Take();
        request.Body.ShouldBe("hello");
        request.Trailers.ShouldBe("X-Sum: 1\r\n");
        proxy.Origin.Answer(proxy, "x");
        client.TakeResponse();
        proxy.AssertClean();
    }

    [Fact]
    public void Response_trailers_that_Connection_names_are_dropped()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test", "TE: trailers", "Connection: TE");
        proxy.Origin.Take();
        proxy.Origin.Answer(
            proxy, "5\r\nhello\r\n0\r\nX-Sum: 1\r\nX-One-Hop: 2\r\n\r\n",
            "HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "Connection: X-One-Hop");
        client.TakeResponse().Trailers.ShouldBe("X-Sum: 1\r\n");
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("")]
    [InlineData(", retry: { buffer: 1KiB }")]
    public void Trailers_obey_the_headers_module(string retry)
    {
        using Proxy proxy = new($$"""
            listen: [":8080"]
            upstreams: { app: { servers: ["http://10.0.0.1:80"]{{retry}} } }
            sites:
              "*":
                stack:
                  - headers:
                      request: { remove: [X-Internal-*], set: { X-User: "{client.ip}" }, rename: { X-Old: X-New, X-Was: Authorization }, add: { X-Sum: "0" } }
                      response: { remove: [X-Powered-By], set: { X-Frame-Options: DENY } }
                routes: [{ to: app }]
            """);
        Peer client = proxy.Connect();
        client.SendHead("PUT / HTTP/1.1", "Host: a.test", "Transfer-Encoding: chunked", "TE: trailers", "Connection: TE");
        client.Send("5\r\nhello\r\n0\r\nX-Sum: 1\r\nX-Internal-Role: admin\r\nx-user: root\r\nX-Old: 2\r\nX-Was: 3\r\n\r\n");
        Message request = proxy.Origin.Take();
        request.Body.ShouldBe("hello");
        request.Trailers.ShouldBe("X-Sum: 1\r\nX-New: 2\r\n");
        proxy.Origin.Answer(
            proxy, "5\r\nhello\r\n0\r\nX-Sum: 1\r\nX-Powered-By: p\r\nX-Frame-Options: ALLOW\r\n\r\n",
            "HTTP/1.1 200 OK", "Transfer-Encoding: chunked");
        client.TakeResponse().Trailers.ShouldBe("X-Sum: 1\r\n");
        proxy.AssertClean();
    }

    [Fact]
    public void Both_bodies_stream_at_the_same_time()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "Transfer-Encoding: chunked");
        client.Send("3\r\none\r\n");
        Peer origin = proxy.Origin.Last;
        origin.TakeAll().ShouldEndWith("\r\n\r\n3\r\none\r\n");
        origin.Send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nuno\r\n");
        proxy.Run();
        client.TakeAll().ShouldEndWith("3\r\nuno\r\n");
        client.Send("3\r\ntwo\r\n");
        origin.TakeAll().ShouldBe("3\r\ntwo\r\n");
        origin.Send("3\r\ndos\r\n");
        proxy.Run();
        client.TakeAll().ShouldBe("3\r\ndos\r\n");
        client.Send("0\r\n\r\n");
        origin.TakeAll().ShouldBe("0\r\n\r\n");
        origin.Send("0\r\n\r\n");
        proxy.Run();
        client.TakeAll().ShouldBe("0\r\n\r\n");
        client.IsClosed.ShouldBeFalse();
        proxy.Origin.Pool.IdleCount.ShouldBe(1);
        proxy.AssertClean();
    }

    [Theory]
    [InlineData(1_000)]
    [InlineData(300_000)]
    public void A_large_body_arrives_whole_in_both_directions(int octets)
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        string body = Pattern(octets);
        client.Send($"PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: {octets}\r\n\r\n{body}");
        proxy.Origin.Take().Body.ShouldBe(body);
        proxy.Origin.Answer(proxy, body);
        client.TakeResponse().Body.ShouldBe(body);
        proxy.AssertClean();
    }

    [Fact]
    public void A_slow_reader_costs_one_bounded_buffer_and_stops_the_origin()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        proxy.Origin.Take();
        client.Connection.OpenWindow(1_000);
        string body = Pattern(1_000_000);
        proxy.Origin.Answer(proxy, body);
        proxy.BuffersRented.ShouldBe(1);
        proxy.Origin.Last.Connection.TotalReceived.ShouldBeLessThanOrEqualTo(2 * Net.Loops.Loop.LargeBufferOctets);
        for (int i = 0; i < 400 && !client.TryTake(isResponse: true, isHead: false, out _); i++)
        {
            client.Connection.OpenWindow(5_000);
            proxy.Run();
            proxy.BuffersRented.ShouldBeLessThanOrEqualTo(2);
        }

        client.ExpectNothing();
        proxy.AssertClean();
    }

    [Fact]
    public void A_slow_origin_stops_the_client()
    {
        using Proxy proxy = new();
        Peer client = proxy.Connect();
        proxy.Origin.OnConnect = connection => connection.OpenWindow(1_000);
        string body = Pattern(1_000_000);
        client.Send($"PUT / HTTP/1.1\r\nHost: a.test\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        client.Connection.TotalReceived.ShouldBeLessThanOrEqualTo(3 * Net.Loops.Loop.LargeBufferOctets);
        proxy.BuffersRented.ShouldBe(1);
        proxy.Origin.Last.Connection.OpenWindow(int.MaxValue);
        proxy.Run();
        proxy.Origin.Take().Body.ShouldBe(body);
        proxy.Origin.Answer(proxy, "x");
        client.TakeResponse().Body.ShouldBe("x");
        proxy.AssertClean();
    }

    private static string Pattern(int octets) => string.Create(octets, 0, static (span, _) =>
    {
        for (int i = 0; i < span.Length; i++)
        {
            span[i] = (char)('a' + (i % 23));
        }
    });
}
