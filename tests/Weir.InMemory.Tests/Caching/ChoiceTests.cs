using System.Text.RegularExpressions;
using Weir.Abstractions.Errors;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Caching;

/// <summary>Proves what the operator's options choose, and what a client or the log sees of it.</summary>
public sealed class ChoiceTests
{
    [Theory]
    [InlineData(404, "", 5, true)]
    [InlineData(404, "", 11, false)]
    [InlineData(404, "Cache-Control: max-age=60", 30, true)]
    [InlineData(404, "Cache-Control: no-store", 0, false)]
    [InlineData(403, "", 0, false)]
    [InlineData(503, "", 1, true)]
    public void A_status_can_have_a_time(int status, string response, int seconds, bool isServed)
    {
        using CacheBed bed = new("negative: { 404: 10s, 503: 2s }");
        bed.Miss(response, status: status);
        bed.Advance(seconds);
        bed.IsHit().ShouldBe(isServed);
    }

    [Fact]
    public void A_time_for_errors_is_for_those_that_nothing_can_stand_in_for()
    {
        using CacheBed bed = new("negative: { 503: 10s }, grace: 1m");
        bed.Miss("Cache-Control: max-age=10");
        bed.Advance(20);
        Message stale = bed.Miss("", "error", status: 503);
        stale.Body.ShouldBe("content");
        stale["Cache-Status"].ShouldBe("weir;fwd=stale;fwd-status=503;ttl=-10;detail=stale-if-error");
    }

    [Fact]
    public void What_is_large_can_be_stored_at_its_second_use()
    {
        using CacheBed bed = new("second_use: 5B");
        bed.Miss("Cache-Control: max-age=60", "large one")["Cache-Status"].ShouldBe("weir;fwd=uri-miss;detail=first-use");
        bed.Miss("Cache-Control: max-age=60", "large one")["Cache-Status"].ShouldBe("weir;fwd=uri-miss;stored");
        bed.Hit().Body.ShouldBe("large one");
        bed.Miss("Cache-Control: max-age=60", "tiny", "GET /b");
        bed.Hit("GET /b").Body.ShouldBe("tiny");
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void Who_waits_for_a_first_use_gets_it_too()
    {
        using CacheBed bed = new("second_use: 0B");
        bed.Ask();
        bed.Ask(client: "b");
        bed.AskedCount.ShouldBe(1);
        bed.Asked();
        bed.Answer("Cache-Control: max-age=60", "one for both");
        bed.Client().TakeResponse().Body.ShouldBe("one for both");
        bed.Client("b").TakeResponse().Body.ShouldBe("one for both");
        bed.AskedCount.ShouldBe(0);
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void Several_parts_are_one_multipart_response()
    {
        using CacheBed bed = new();
        string content = string.Concat(Enumerable.Range(0, 100).Select(number => $"{number:D10}"));
        bed.Miss("Cache-Control: max-age=60|Content-Type: text/plain", content);
        Message response = bed.Hit("GET /|Range: bytes=0-4, 500-509, -3");
        response.Status.ShouldBe(206);
        response["Content-Range"].ShouldBeNull();
        string boundary = Regex.Match(response["Content-Type"]!, "^multipart/byteranges; boundary=([0-9a-f]{32})$").Groups[1].Value;
        boundary.ShouldNotBeEmpty();
        response.Body.ShouldBe(
            $"--{boundary}\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-4/1000\r\n\r\n00000"
            + $"\r\n--{boundary}\r\nContent-Type: text/plain\r\nContent-Range: bytes 500-509/1000\r\n\r\n0000000050"
            + $"\r\n--{boundary}\r\nContent-Type: text/plain\r\nContent-Range: bytes 997-999/1000\r\n\r\n099"
            + $"\r\n--{boundary}--\r\n");
        bed.Hit().Body.ShouldBe(content);
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void Many_parts_are_given_as_the_whole()
    {
        using CacheBed bed = new();
        bed.Miss("Cache-Control: max-age=60", new string('x', 10_000));
        bed.Hit("GET /|Range: bytes=" + string.Join(',', Enumerable.Range(0, 17).Select(part => $"{part * 200}-{part * 200}"))).Status.ShouldBe(200);
    }

    [Fact]
    public void An_error_page_says_what_the_cache_did()
    {
        using CacheBed bed = new();
        bed.Origin.Refusal = ProxyErrors.ConnectRefused;
        bed.Ask();
        Message page = bed.Client().TakeResponse();
        page.Status.ShouldBe(502);
        page["Cache-Status"].ShouldBe("weir;fwd=uri-miss");
        page["Proxy-Status"].ShouldNotBeNull();
    }

    [Fact]
    public void A_query_goes_with_its_uri()
    {
        using CacheBed bed = new();
        for (int i = 0; i < 2; i++)
        {
            bed.Ask("QUERY /|Content-Length: 0");
            bed.Asked().StartLine.ShouldStartWith("QUERY");
            bed.Answer("Cache-Control: max-age=60", "found");
            bed.Client().TakeResponse().Body.ShouldBe("found");
            bed.Hit("QUERY /|Content-Length: 0").Body.ShouldBe("found");
            bed.Ask("POST /|Content-Length: 0");
            bed.Asked();
            bed.Answer("");
            bed.Client().TakeResponse();
        }

        bed.Proxy.AssertClean();
    }

    [Fact]
    public void A_query_with_much_content_passes_by()
    {
        using CacheBed bed = new();
        bed.Ask("QUERY /|Content-Length: 70000");
        bed.Client().Send(new string('x', 70_000));
        bed.Asked().Body.Length.ShouldBe(70_000);
        bed.Answer("Cache-Control: max-age=60", "found");
        bed.Client().TakeResponse()["Cache-Status"].ShouldBe("weir;fwd=bypass");
    }
}
