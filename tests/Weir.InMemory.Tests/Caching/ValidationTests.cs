using Weir.Abstractions.Errors;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Caching;

/// <summary>
/// Proves, through the whole proxy, validation, conditions, ranges, stale responses and invalidation (RFC 9111 sections 4.2.4 to 4.4, RFC
/// 5861).
/// </summary>
public sealed class ValidationTests
{
    [Fact]
    public void A_stale_response_is_validated_and_its_fields_are_updated()
    {
        using CacheBed bed = new();
        bed.Miss("Cache-Control: max-age=10|ETag: \"a\"|X-A: 1|Content-Type: text/plain");
        bed.Advance(20);
        bed.Ask("GET /|If-None-Match: \"z\"|X-B: 1");
        Message asked = bed.Asked();
        asked["If-None-Match"].ShouldBe("\"a\"");
        asked["X-B"].ShouldBe("1");
        bed.Origin.Last.SendHead("HTTP/1.1 304 Not Modified", "Cache-Control: max-age=30", "ETag: \"a\"", "X-A: 2", "Content-Length: 3");
        bed.Proxy.Run();
        Message response = bed.Client().TakeResponse();
        response.Status.ShouldBe(200);
        response.Body.ShouldBe("content");
        response["X-A"].ShouldBe("2");
        response["Cache-Status"].ShouldBe("weir;fwd=stale;fwd-status=304;ttl=30");
        bed.Advance(20);
        Message hit = bed.Hit();
        hit["X-A"].ShouldBe("2");
        hit["Content-Type"].ShouldBe("text/plain");
        hit["Age"].ShouldBe("20");
        hit.Body.ShouldBe("content");
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void A_changed_response_takes_the_place_of_the_stored_one()
    {
        using CacheBed bed = new();
        bed.Miss("Cache-Control: max-age=10|Last-Modified: {-1000}");
        bed.Advance(20);
        bed.Ask();
        bed.Asked()["If-Modified-Since"].ShouldNotBeNull();
        bed.Answer("Cache-Control: max-age=10", "changed");
        bed.Client().TakeResponse().Body.ShouldBe("changed");
        bed.Hit().Body.ShouldBe("changed");
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void A_304_about_something_else_is_no_answer_and_what_is_stored_goes()
    {
        using CacheBed bed = new();
        bed.Miss("Cache-Control: max-age=10|ETag: \"a\"");
        bed.Advance(20);
        bed.Ask();
        bed.Asked();
        bed.Origin.Last.SendHead("HTTP/1.1 304 Not Modified", "ETag: \"b\"");
        bed.Proxy.Run();
        bed.Asked()["If-None-Match"].ShouldBeNull();
        bed.Answer("Cache-Control: max-age=10|ETag: \"b\"", "other");
        bed.Client().TakeResponse().Body.ShouldBe("other");
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void A_304_with_a_strong_tag_is_not_about_a_stored_weak_one_and_all_get_what_is_asked_for_anew()
    {
        using CacheBed bed = new();
        bed.Miss("Cache-Control: max-age=10|ETag: W/\"a\"");
        bed.Advance(20);
        bed.Ask();
        bed.Ask(client: "b");
        bed.Asked()["If-None-Match"].ShouldBe("W/\"a\"");
        bed.Origin.Last.SendHead("HTTP/1.1 304 Not Modified", "ETag: \"a\"", "Cache-Control: max-age=60");
        bed.Proxy.Run();
        bed.Asked()["If-None-Match"].ShouldBeNull();
        bed.AskedCount.ShouldBe(0);
        bed.Answer("Cache-Control: max-age=10|ETag: W/\"b\"", "other");
        bed.Client().TakeResponse()["Cache-Status"].ShouldBe("weir;fwd=stale;stored");
        Message second = bed.Client("b").TakeResponse();
        second.Body.ShouldBe("other");
        second["Cache-Status"].ShouldBe("weir;fwd=stale;collapsed");
        bed.Hit()["ETag"].ShouldBe("W/\"b\"");
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void A_304_about_something_else_that_nobody_waits_for_ends_what_is_stored()
    {
        using CacheBed bed = new();
        bed.Miss("Cache-Control: max-age=10, stale-while-revalidate=60|ETag: W/\"a\"");
        bed.Advance(20);
        bed.Ask();
        bed.Client().TakeResponse().Body.ShouldBe("content");
        bed.Asked();
        bed.Origin.Last.SendHead("HTTP/1.1 304 Not Modified", "ETag: \"a\"", "Cache-Control: max-age=60");
        bed.Proxy.Run();
        bed.AskedCount.ShouldBe(0);
        bed.IsHit().ShouldBeFalse();
        bed.Proxy.AssertClean();
    }

    [Theory]
    [InlineData("ETag: \"a\"", "ETag: W/\"a\"")]
    [InlineData("ETag: W/\"a\"", "ETag: \"a\"")]
    [InlineData("ETag: \"a\"", "ETag: \"a\"|Last-Modified: {-1000}")]
    public void A_HEAD_whose_validators_are_others_makes_what_is_stored_stale(string stored, string arrived)
    {
        using CacheBed bed = new();
        bed.Miss("Cache-Control: max-age=10|" + stored);
        bed.Advance(20);
        bed.Ask("HEAD /");
        bed.Asked().StartLine.ShouldStartWith("HEAD");
        bed.AnswerHead("Cache-Control: max-age=60|Content-Length: 7|" + arrived);
        bed.Client().TakeResponse(isHead: true);
        bed.IsHit().ShouldBeFalse();
    }

    [Fact]
    public void A_304_that_makes_a_response_private_ends_its_sharing()
    {
        using CacheBed bed = new();
        bed.Miss("Cache-Control: max-age=10|ETag: \"a\"");
        bed.Advance(20);
        bed.Ask();
        bed.Asked();
        bed.Origin.Last.SendHead("HTTP/1.1 304 Not Modified", "Cache-Control: private", "ETag: \"a\"");
        bed.Proxy.Run();
        bed.Client().TakeResponse().Body.ShouldBe("content");
        bed.IsHit().ShouldBeFalse();
        bed.Proxy.AssertClean();
    }

    [Theory]
    [InlineData("Cache-Control: no-store", true)]
    [InlineData("Authorization: Basic eDp5", true)]
    [InlineData("X-A: 1", false)]
    public void A_request_whose_response_may_not_be_stored_neither_updates_nor_drops_what_is(string request, bool staysStale)
    {
        using CacheBed bed = new();
        bed.Miss("Cache-Control: max-age=10|ETag: \"a\"");
        bed.Advance(20);
        bed.Ask("GET /|" + request);
        bed.Asked()["If-None-Match"].ShouldBe("\"a\"");
        bed.Origin.Last.SendHead("HTTP/1.1 304 Not Modified", "Cache-Control: max-age=60", "ETag: \"a\"");
        bed.Proxy.Run();
        bed.Client().TakeResponse().Body.ShouldBe("content");
        bed.Ask();
        bed.AskedCount.ShouldBe(staysStale ? 1 : 0);
        if (staysStale)
        {
            bed.Asked()["If-None-Match"].ShouldBe("\"a\"");
            bed.Origin.Last.SendHead("HTTP/1.1 304 Not Modified", "Cache-Control: max-age=60", "ETag: \"a\"");
            bed.Proxy.Run();
        }

        bed.Client().TakeResponse().Body.ShouldBe("content");
        bed.Proxy.AssertClean();
    }

    [Theory]
    [InlineData("Vary: Accept-Encoding|Content-Encoding: dcz", false)]
    [InlineData("Vary: Foo, accept-encoding|Content-Encoding: gzip, x-foo", false)]
    [InlineData("Vary: Accept-Encoding|Content-Encoding: gzip", true)]
    [InlineData("Vary: Foo|Content-Encoding: x-foo", true)]
    public void A_response_in_a_coding_that_tells_no_variants_apart_is_for_its_client_alone(string response, bool isStored)
    {
        using CacheBed bed = new();
        bed.Miss("Cache-Control: max-age=60|" + response, request: "GET /|Accept-Encoding: gzip, dcz, x-foo");
        bed.IsHit("GET /|Accept-Encoding: gzip").ShouldBe(isStored);
    }

    [Theory]
    [InlineData("bytes=-5", 200)]
    [InlineData("bytes=-0", 416)]
    [InlineData("bytes=0-", 416)]
    public void A_part_of_nothing(string range, int status)
    {
        using CacheBed bed = new();
        bed.Miss("Cache-Control: max-age=60|ETag: \"a\"", "");
        bed.Hit("GET /|Range: " + range).Status.ShouldBe(status);
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void What_comes_without_a_date_is_given_the_one_when_it_came()
    {
        using CacheBed bed = new();
        string date = bed.Date(0);
        bed.Miss("Cache-Control: max-age=60")["Date"].ShouldBe(date);
        bed.Advance(20);
        Message hit = bed.Hit();
        hit["Date"].ShouldBe(date);
        hit["Age"].ShouldBe("20");
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void What_must_be_validated_always_is()
    {
        using CacheBed bed = new();
        bed.Miss("Cache-Control: no-cache|ETag: \"a\"");
        for (int i = 0; i < 2; i++)
        {
            bed.Ask();
            bed.Asked()["If-None-Match"].ShouldBe("\"a\"");
            bed.Origin.Last.SendHead("HTTP/1.1 304 Not Modified", "ETag: \"a\"");
            bed.Proxy.Run();
            bed.Client().TakeResponse().Body.ShouldBe("content");
        }

        bed.Proxy.AssertClean();
    }

    [Theory]
    [InlineData("GET /|If-None-Match: \"a\"", 304)]
    [InlineData("GET /|If-None-Match: W/\"a\"", 304)]
    [InlineData("GET /|If-None-Match: \"b\", \"a\"", 304)]
    [InlineData("GET /|If-None-Match: *", 304)]
    [InlineData("GET /|If-None-Match: \"b\"", 200)]
    [InlineData("GET /|If-Modified-Since: {-100}", 304)]
    [InlineData("GET /|If-Modified-Since: {-2000}", 200)]
    [InlineData("GET /|If-None-Match: \"b\"|If-Modified-Since: {0}", 200)]
    [InlineData("HEAD /|If-None-Match: \"a\"", 304)]
    public void A_condition_is_answered_from_the_store(string request, int status)
    {
        using CacheBed bed = new();
        bed.Miss("Cache-Control: max-age=60|ETag: \"a\"|Last-Modified: {-1000}|Content-Type: text/plain");
        Message response = bed.Hit(request);
        response.Status.ShouldBe(status);
        response["ETag"].ShouldBe("\"a\"");
        response["Cache-Control"].ShouldBe("max-age=60");
        response["Date"].ShouldNotBeNull();
        response["Content-Type"].ShouldBe(status == 304 ? null : "text/plain");
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void A_condition_on_a_miss_is_answered_by_what_arrives()
    {
        using CacheBed bed = new();
        bed.Ask("GET /|If-None-Match: \"a\"");
        bed.Asked()["If-None-Match"].ShouldBeNull();
        bed.Answer("Cache-Control: max-age=60|ETag: \"a\"", "content");
        bed.Client().TakeResponse().Status.ShouldBe(304);
        bed.Hit().Body.ShouldBe("content");
        bed.Proxy.AssertClean();
    }

    [Theory]
    [InlineData("bytes=0-2", 206, "0123456789", "012", "bytes 0-2/10")]
    [InlineData("bytes=7-", 206, "0123456789", "789", "bytes 7-9/10")]
    [InlineData("bytes=-2", 206, "0123456789", "89", "bytes 8-9/10")]
    [InlineData("bytes=0-1,1-4", 206, "0123456789", "01234", "bytes 0-4/10")]
    [InlineData("bytes=10-", 416, "0123456789", "", "bytes */10")]
    [InlineData("bytes=x", 200, "0123456789", "0123456789", null)]
    [InlineData("bytes=0-2|If-Range: \"a\"", 206, "0123456789", "012", "bytes 0-2/10")]
    [InlineData("bytes=0-2|If-Range: \"b\"", 200, "0123456789", "0123456789", null)]
    [InlineData("bytes=0-2|If-Range: W/\"a\"", 200, "0123456789", "0123456789", null)]
    [InlineData("bytes=0-2|If-None-Match: \"a\"", 304, "0123456789", "", null)]
    public void A_part_is_given_from_the_whole(string range, int status, string content, string part, string? contentRange)
    {
        using CacheBed bed = new();
        bed.Miss("Cache-Control: max-age=60|ETag: \"a\"", content);
        Message response = bed.Hit("GET /|Range: " + range);
        response.Status.ShouldBe(status);
        response.Body.ShouldBe(part);
        response["Content-Range"].ShouldBe(contentRange);
        bed.Hit().Body.ShouldBe(content);
        bed.Proxy.AssertClean();
    }

    [Theory]
    [InlineData("Cache-Control: no-cache", true)]
    [InlineData("Pragma: no-cache", true)]
    [InlineData("Cache-Control: max-age=5", true)]
    [InlineData("Cache-Control: max-age=10", false)]
    [InlineData("Cache-Control: min-fresh=55", true)]
    [InlineData("Cache-Control: min-fresh=45", false)]
    [InlineData("Cache-Control: only-if-cached", false)]
    public void What_clients_ask_is_obeyed(string request, bool asksOrigin)
    {
        using CacheBed bed = new();
        bed.Miss("Cache-Control: max-age=60");
        bed.Advance(10);
        bed.IsHit("GET /|" + request).ShouldBe(!asksOrigin);
    }

    [Fact]
    public void What_clients_ask_can_be_ignored()
    {
        using CacheBed bed = new("obey_clients: false");
        bed.Miss("Cache-Control: max-age=60");
        bed.IsHit("GET /|Cache-Control: no-cache").ShouldBeTrue();
    }

    [Fact]
    public void Only_if_cached_is_a_504_where_nothing_is_stored()
    {
        using CacheBed bed = new();
        Message answer = bed.Hit("GET /|Cache-Control: only-if-cached");
        answer.Status.ShouldBe(504);
        answer["Cache-Status"].ShouldBe("weir;detail=only-if-cached");
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void A_stale_response_is_served_at_once_and_refreshed_beside()
    {
        using CacheBed bed = new();
        bed.Miss("Cache-Control: max-age=10, stale-while-revalidate=30|ETag: \"a\"");
        bed.Advance(20);
        for (int i = 0; i < 3; i++)
        {
            bed.Ask();
            Message stale = bed.Client().TakeResponse();
            stale.Body.ShouldBe("content");
            stale["Cache-Status"].ShouldBe("weir;hit;ttl=-10");
        }

        bed.AskedCount.ShouldBe(1);
        bed.Asked()["If-None-Match"].ShouldBe("\"a\"");
        bed.Answer("Cache-Control: max-age=10", "changed");
        bed.Hit().Body.ShouldBe("changed");
        bed.Proxy.AssertClean();
    }

    [Theory]
    [InlineData("", "Cache-Control: max-age=10, stale-if-error=60", true)]
    [InlineData("", "Cache-Control: max-age=10", false)]
    [InlineData("grace: 1m", "Cache-Control: max-age=10", true)]
    [InlineData("grace: 1m", "Cache-Control: max-age=10, must-revalidate", false)]
    [InlineData("grace: 1m", "Cache-Control: max-age=10, proxy-revalidate", false)]
    [InlineData("grace: 1m", "Cache-Control: s-maxage=10", false)]
    [InlineData("grace: 5s", "Cache-Control: max-age=10", false)]
    public void A_stale_response_stands_in_for_an_error(string options, string response, bool standsIn)
    {
        using CacheBed bed = new(options);
        bed.Miss(response);
        bed.Advance(20);
        bed.Ask();
        bed.Asked();
        bed.Answer("", "error", 503);
        Message first = bed.Client().TakeResponse();
        first.Status.ShouldBe(standsIn ? 200 : 503);
        if (standsIn)
        {
            first.Body.ShouldBe("content");
            first["Cache-Status"].ShouldBe("weir;fwd=stale;fwd-status=503;ttl=-10;detail=stale-if-error");
        }

        foreach (Peer connection in bed.Origin.Connections)
        {
            connection.End();
        }

        bed.Proxy.Run();
        bed.Origin.Refusal = ProxyErrors.ConnectRefused;
        bed.Ask();
        bed.Client().TakeResponse().Status.ShouldBe(standsIn ? 200 : 502);
        bed.Origin.Refusal = null;
        bed.Advance(1);
        bed.Ask();
        if (standsIn)
        {
            // Nobody waits to see whether it is back.
            Message still = bed.Client().TakeResponse();
            still.Body.ShouldBe("content");
            still["Cache-Status"].ShouldBe("weir;hit;ttl=-11;detail=stale-if-error");
        }

        bed.Asked();
        bed.Answer("Cache-Control: max-age=10", "back");
        if (!standsIn)
        {
            bed.Client().TakeResponse().Body.ShouldBe("back");
        }

        bed.Hit().Body.ShouldBe("back");
    }

    [Theory]
    [InlineData("POST", 200, "", true)]
    [InlineData("PUT", 204, "", true)]
    [InlineData("DELETE", 303, "", true)]
    [InlineData("FROB", 200, "", true)]
    [InlineData("POST", 404, "", false)]
    [InlineData("POST", 500, "", false)]
    [InlineData("OPTIONS", 200, "", false)]
    public void An_unsafe_request_that_succeeds_drops_what_is_stored(string method, int status, string response, bool drops)
    {
        using CacheBed bed = new();
        bed.Miss("Cache-Control: max-age=60");
        bed.Ask($"{method} /|Content-Length: 0");
        bed.Asked();
        if (status == 204)
        {
            bed.Origin.Last.SendHead("HTTP/1.1 204 X");
            bed.Proxy.Run();
        }
        else
        {
            bed.Answer(response, "", status);
        }

        bed.Client().TakeResponse()["Cache-Status"].ShouldBe("weir;fwd=method");
        bed.IsHit().ShouldBe(!drops);
    }

    [Theory]
    [InlineData("Location: /b", true)]
    [InlineData("Location: http://a.test/b", true)]
    [InlineData("Content-Location: b", true)]
    [InlineData("Location: http://b.test/b", false)]
    [InlineData("Location: http://a.test:80/x/../b", true)]
    [InlineData("Location: https://a.test/b", false)]
    public void And_what_its_location_names(string response, bool drops)
    {
        using CacheBed bed = new();
        bed.Miss("Cache-Control: max-age=60", request: "GET /b");
        bed.Ask("POST /a|Content-Length: 0");
        bed.Asked();
        bed.Answer(response);
        bed.Client().TakeResponse();
        bed.IsHit("GET /b").ShouldBe(!drops);
    }
}
