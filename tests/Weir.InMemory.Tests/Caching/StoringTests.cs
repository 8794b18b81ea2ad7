using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Caching;

/// <summary>Proves, through the whole proxy, what is stored and for how long it is served (RFC 9111 sections 3 and 4.2).</summary>
public sealed class StoringTests
{
    [Fact]
    public void A_stored_response_is_served_with_its_age()
    {
        using CacheBed bed = new();
        Message first = bed.Miss("Cache-Control: max-age=60|ETag: \"a\"|X-A: 1");
        first.Body.ShouldBe("content");
        first["Cache-Status"].ShouldBe("weir;fwd=uri-miss;stored");
        bed.Advance(10);
        Message second = bed.Hit();
        second.Status.ShouldBe(200);
        second.Body.ShouldBe("content");
        second["X-A"].ShouldBe("1");
        second["ETag"].ShouldBe("\"a\"");
        second["Age"].ShouldBe("10");
        second["Content-Length"].ShouldBe("7");
        second["Cache-Status"].ShouldBe("weir;hit;ttl=50");
        second["Via"].ShouldBe(first["Via"]);
        bed.Proxy.AssertClean();
    }

    [Theory]
    // Response, seconds later, whether it is served from the store.
    [InlineData("Cache-Control: max-age=60", 59, true)]
    [InlineData("Cache-Control: max-age=60", 60, false)]
    [InlineData("Cache-Control: s-maxage=30, max-age=60", 31, false)]
    [InlineData("Cache-Control: max-age=60|Age: 50", 9, true)]
    [InlineData("Cache-Control: max-age=60|Age: 50", 11, false)]
    [InlineData("Cache-Control: max-age=60|Date: {-50}", 11, false)]
    [InlineData("Expires: {60}|Date: {0}", 30, true)]
    [InlineData("Expires: 0", 0, false)]
    [InlineData("Last-Modified: {-1000}", 90, true)]
    [InlineData("Last-Modified: {-1000}", 110, false)]
    [InlineData("", 0, false)]
    [InlineData("Cache-Control: no-store, max-age=60", 0, false)]
    [InlineData("Cache-Control: private, max-age=60", 0, false)]
    [InlineData("Cache-Control: no-cache", 0, false)]
    [InlineData("Cache-Control: max-age=60|Vary: *", 0, false)]
    [InlineData("Cache-Control: max-age=60|Set-Cookie: a=b", 0, false)]
    [InlineData("Cache-Control: public, max-age=60|Set-Cookie: a=b", 0, true)]
    [InlineData("CDN-Cache-Control: max-age=60|Cache-Control: no-store", 30, true)]
    [InlineData("Weir-Cache-Control: no-store|Cache-Control: max-age=60", 0, false)]
    [InlineData("Cache-Control: max-age=abc", 0, false)]
    [InlineData("Cache-Control: must-understand, no-store, max-age=60", 0, true)]
    public void A_response_is_served_as_long_as_it_is_fresh(string response, int seconds, bool isServed)
    {
        using CacheBed bed = new();
        bed.Miss(response);
        bed.Advance(seconds);
        bed.IsHit().ShouldBe(isServed);
        bed.Proxy.AssertClean();
    }

    [Theory]
    [InlineData(404, "Cache-Control: max-age=60", true)]
    [InlineData(299, "Cache-Control: max-age=60", true)]
    [InlineData(500, "Cache-Control: max-age=60", true)]
    [InlineData(500, "", false)]
    [InlineData(302, "", false)]
    [InlineData(206, "Cache-Control: max-age=60|Content-Range: bytes 0-6/20", false)]
    public void A_response_is_stored_by_its_status(int status, string response, bool isServed)
    {
        using CacheBed bed = new();
        bed.Miss(response, status: status).Status.ShouldBe(status);
        bed.IsHit().ShouldBe(isServed);
    }

    [Theory]
    [InlineData("GET /|Authorization: x", "Cache-Control: max-age=60", false)]
    [InlineData("GET /|Authorization: x", "Cache-Control: public, max-age=60", true)]
    [InlineData("GET /|Authorization: x", "Cache-Control: must-revalidate, max-age=60", true)]
    [InlineData("GET /|Cookie: a=b", "Cache-Control: max-age=60", true)]
    [InlineData("GET /|Cookie: a=b", "Last-Modified: {-1000}", false)]
    [InlineData("GET /|Cache-Control: no-store", "Cache-Control: max-age=60", false)]
    public void A_response_is_stored_by_its_request(string request, string response, bool isServed)
    {
        using CacheBed bed = new();
        bed.Miss(response, request: request);
        bed.IsHit().ShouldBe(isServed);
    }

    [Theory]
    [InlineData("GET /a", "GET /a?", false)]
    [InlineData("GET /a?x=1", "GET /a?x=2", false)]
    [InlineData("GET /a?x=1", "GET /a?x=1", true)]
    [InlineData("GET /a%62", "GET /ab", true)]
    public void A_response_is_found_by_its_uri(string first, string second, bool isServed)
    {
        using CacheBed bed = new();
        bed.Miss("Cache-Control: max-age=60", request: first);
        bed.IsHit(second).ShouldBe(isServed);
    }

    [Fact]
    public void Parameters_may_be_ignored()
    {
        using CacheBed bed = new("ignore_query: [utm_*]");
        bed.Miss("Cache-Control: max-age=60", request: "GET /a?utm_source=x&b=1");
        bed.IsHit("GET /a?b=1").ShouldBeTrue();
        bed.IsHit("GET /a?b=2").ShouldBeFalse();
    }

    [Fact]
    public void A_broken_response_is_not_stored()
    {
        using CacheBed bed = new();
        bed.Ask();
        bed.Asked();
        bed.Origin.Last.SendHead("HTTP/1.1 200 OK", "Cache-Control: max-age=60", "Content-Length: 10");
        bed.Origin.Last.Send("abc");
        bed.Origin.Last.End();
        bed.Proxy.Run();
        bed.Client().IsClosed.ShouldBeTrue();
        bed.Ask(client: "b");
        bed.AskedCount.ShouldBe(1);
        bed.Asked();
        bed.Answer("Cache-Control: max-age=60", "whole");
        bed.Client("b").TakeResponse().Body.ShouldBe("whole");
        bed.Hit(client: "b").Body.ShouldBe("whole");
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void What_is_too_large_is_passed_on_and_not_stored()
    {
        using CacheBed bed = new();
        string large = new('x', 1_100_000);
        bed.Miss("Cache-Control: max-age=60", large)["Cache-Status"].ShouldBe("weir;fwd=uri-miss;detail=too-large");
        bed.IsHit().ShouldBeFalse();
    }

    [Fact]
    public void A_large_response_of_unknown_length_is_stored_while_it_arrives()
    {
        using CacheBed bed = new();
        bed.Ask();
        bed.Asked();
        bed.Origin.Last.SendHead("HTTP/1.1 200 OK", "Cache-Control: max-age=60", "Transfer-Encoding: chunked");
        string piece = new('x', 50_000);
        for (int i = 0; i < 10; i++)
        {
            bed.Origin.Last.Send($"{piece.Length:x}\r\n{piece}\r\n");
            bed.Proxy.Run();
        }

        bed.Origin.Last.Send("0\r\n\r\n");
        bed.Proxy.Run();
        bed.Client().TakeResponse().Body.Length.ShouldBe(500_000);
        Message hit = bed.Hit();
        hit.Body.Length.ShouldBe(500_000);
        hit["Content-Length"].ShouldBe("500000");
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void A_head_is_answered_by_what_a_get_stored()
    {
        using CacheBed bed = new();
        bed.Miss("Cache-Control: max-age=60");
        Message head = bed.Hit("HEAD /");
        head["Content-Length"].ShouldBe("7");
        head.Body.ShouldBeEmpty();
        bed.Hit().Body.ShouldBe("content");
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void A_head_of_what_is_not_stored_passes_by()
    {
        using CacheBed bed = new();
        bed.Ask("HEAD /");
        bed.Asked().StartLine.ShouldStartWith("HEAD");
        bed.Origin.Last.SendHead("HTTP/1.1 200 OK", "Cache-Control: max-age=60", "Content-Length: 7");
        bed.Proxy.Run();
        bed.Client().TakeResponse(isHead: true)["Cache-Status"].ShouldBe("weir;fwd=uri-miss");
        bed.IsHit().ShouldBeFalse();
    }
}
