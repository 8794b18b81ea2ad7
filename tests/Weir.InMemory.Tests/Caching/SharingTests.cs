using Weir.Abstractions.Errors;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Caching;

/// <summary>Proves which clients share a response: variants (RFC 9111 section 4.1), and requests that are made one.</summary>
public sealed class SharingTests
{
    [Fact]
    public void Variants_are_told_apart_by_what_vary_names()
    {
        using CacheBed bed = new();
        bed.Miss("Cache-Control: max-age=60|Vary: Foo", "one", "GET /|Foo: 1");
        bed.Miss("Cache-Control: max-age=60|Vary: Foo", "two", "GET /|Foo: 2")["Cache-Status"].ShouldBe("weir;fwd=vary-miss;stored");
        bed.Miss("Cache-Control: max-age=60|Vary: Foo", "none");
        bed.Hit("GET /|Foo: 1").Body.ShouldBe("one");
        bed.Hit("GET /|Foo: 2").Body.ShouldBe("two");
        bed.Hit("GET /|Foo: 1|Bar: 3").Body.ShouldBe("one");
        bed.Hit().Body.ShouldBe("none");
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void Codings_are_compared_by_what_they_mean()
    {
        using CacheBed bed = new();
        bed.Miss("Cache-Control: max-age=60|Vary: Accept-Encoding|Content-Encoding: gzip", "zipped", "GET /|Accept-Encoding: gzip, br");
        bed.Hit("GET /|Accept-Encoding: br;q=0.9,   gzip").Body.ShouldBe("zipped");
        bed.IsHit("GET /|Accept-Encoding: identity").ShouldBeFalse();
    }

    [Fact]
    public void All_variants_go_with_their_uri()
    {
        using CacheBed bed = new();
        bed.Miss("Cache-Control: max-age=60|Vary: Foo", "one", "GET /|Foo: 1");
        bed.Miss("Cache-Control: max-age=60|Vary: Foo", "two", "GET /|Foo: 2");
        bed.Ask("DELETE /");
        bed.Asked();
        bed.Answer("");
        bed.Client().TakeResponse();
        bed.IsHit("GET /|Foo: 1").ShouldBeFalse();
        bed.IsHit("GET /|Foo: 2").ShouldBeFalse();
    }

    [Fact]
    public void Variants_are_bounded()
    {
        using CacheBed bed = new();
        for (int i = 0; i < 64; i++)
        {
            bed.Miss("Cache-Control: max-age=60|Vary: Foo", request: $"GET /|Foo: {i}")["Cache-Status"].ShouldBe(
                i == 0 ? "weir;fwd=uri-miss;stored" : "weir;fwd=vary-miss;stored");
        }

        bed.Miss("Cache-Control: max-age=60|Vary: Foo", request: "GET /|Foo: 64")["Cache-Status"].ShouldBe(
            "weir;fwd=vary-miss;detail=too-many-variants");
        bed.IsHit("GET /|Foo: 63").ShouldBeTrue();
    }

    [Fact]
    public void Requests_at_once_become_one_and_get_the_bytes_while_they_arrive()
    {
        using CacheBed bed = new();
        string[] names = ["a", "b", "c"];
        Array.ForEach(names, name => bed.Ask(client: name));
        bed.AskedCount.ShouldBe(1);
        bed.Asked();
        bed.Origin.Last.SendHead("HTTP/1.1 200 OK", "Cache-Control: max-age=60", "Content-Length: 10");
        bed.Origin.Last.Send("01234");
        bed.Proxy.Run();
        Array.ForEach(names, name => bed.Client(name).Received.ShouldEndWith("\r\n\r\n01234"));
        bed.Ask(client: "late");
        bed.Client("late").Received.ShouldEndWith("\r\n\r\n01234");
        bed.Origin.Last.Send("56789");
        bed.Proxy.Run();
        foreach (string name in names)
        {
            Message response = bed.Client(name).TakeResponse();
            response.Body.ShouldBe("0123456789");
            response["Cache-Status"].ShouldBe(name == "a" ? "weir;fwd=uri-miss;stored" : "weir;fwd=uri-miss;collapsed");
        }

        bed.Client("late").TakeResponse().Body.ShouldBe("0123456789");
        bed.AskedCount.ShouldBe(0);
        bed.Hit().Body.ShouldBe("0123456789");
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void A_short_response_reaches_all_that_wait()
    {
        using CacheBed bed = new();
        string[] names = ["a", "b", "c", "d"];
        Array.ForEach(names, name => bed.Ask(client: name));
        bed.Asked();
        bed.Answer("Cache-Control: max-age=60", "short");
        Array.ForEach(names, name => bed.Client(name).TakeResponse().Body.ShouldBe("short"));
        bed.AskedCount.ShouldBe(0);
        bed.Origin.Connections.Count.ShouldBe(1);
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void A_response_that_is_not_shared_lets_the_others_go_at_once()
    {
        using CacheBed bed = new();
        string[] names = ["a", "b", "c"];
        Array.ForEach(names, name => bed.Ask(client: name));
        bed.AskedCount.ShouldBe(1);
        Peer first = bed.Origin.Next();
        first.TakeRequest();
        first.SendHead("HTTP/1.1 200 OK", "Cache-Control: private", "Content-Length: 4");
        bed.Proxy.Run();
        bed.AskedCount.ShouldBe(2);
        first.Send("mine");
        bed.Proxy.Run();
        bed.Client().TakeResponse().Body.ShouldBe("mine");

        // And later ones do not wait for each other.
        bed.Ask(client: "d");
        bed.Ask(client: "e");
        bed.AskedCount.ShouldBe(4);
    }

    [Fact]
    public void The_fetch_goes_on_when_the_first_client_leaves()
    {
        using CacheBed bed = new();
        bed.Ask();
        bed.Ask(client: "b");
        bed.Asked();
        bed.Client().Reset();
        bed.Answer("Cache-Control: max-age=60", "for b");
        bed.Client("b").TakeResponse().Body.ShouldBe("for b");
        bed.Hit(client: "b").Body.ShouldBe("for b");
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void A_broken_fetch_breaks_off_all_that_follow_it()
    {
        using CacheBed bed = new();
        bed.Ask();
        bed.Ask(client: "b");
        bed.Asked();
        bed.Origin.Last.SendHead("HTTP/1.1 200 OK", "Cache-Control: max-age=60", "Content-Length: 10");
        bed.Origin.Last.Send("0123");
        bed.Proxy.Run();
        bed.Origin.Last.Reset();
        bed.Proxy.Run();
        bed.Client().IsClosed.ShouldBeTrue();
        bed.Client("b").IsClosed.ShouldBeTrue();
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void Who_waits_too_long_asks_by_itself()
    {
        using CacheBed bed = new("wait: 2s");
        bed.Ask();
        bed.Ask(client: "b");
        bed.AskedCount.ShouldBe(1);
        bed.Advance(3);
        bed.AskedCount.ShouldBe(2);
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void An_error_reaches_all_that_wait()
    {
        using CacheBed bed = new();
        bed.Origin.Refusal = ProxyErrors.ConnectRefused;
        bed.Ask();
        bed.Client().TakeResponse().Status.ShouldBe(502);
        bed.Origin.Refusal = null;
        bed.Miss("Cache-Control: max-age=60").Status.ShouldBe(200);
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void What_was_made_invalid_while_it_arrived_is_not_stored()
    {
        using CacheBed bed = new();
        bed.Ask();
        Peer fill = bed.Origin.Next();
        fill.TakeRequest();
        fill.SendHead("HTTP/1.1 200 OK", "Cache-Control: max-age=60", "Content-Length: 4");
        fill.Send("ol");
        bed.Proxy.Run();
        bed.Ask("DELETE /", "b");
        Peer other = bed.Origin.Next();
        other.TakeRequest();
        other.Answer(bed.Proxy, "");
        bed.Client("b").TakeResponse();
        fill.Send("d!");
        bed.Proxy.Run();
        bed.Client().TakeResponse().Body.ShouldBe("old!");
        bed.Ask(client: "b");
        bed.AskedCount.ShouldBe(1);
    }

    [Theory]
    [InlineData("X-Original-URL: /admin")]
    [InlineData("X-HTTP-Method-Override: DELETE")]
    [InlineData("x-rewrite-url: /admin")]
    [InlineData("X-Host: evil.test")]
    public void What_a_field_outside_of_the_key_may_have_chosen_is_stored_for_nobody(string field)
    {
        using CacheBed bed = new();
        bed.Miss("Cache-Control: max-age=60", "poison", "GET /|" + field)["Cache-Status"].ShouldBe("weir;fwd=uri-miss");
        bed.Miss("Cache-Control: max-age=60", "good").Body.ShouldBe("good");
        bed.Hit("GET /|" + field).Body.ShouldBe("good");
    }

    [Fact]
    public void Modules_below_are_stored_and_modules_above_run_each_time()
    {
        using CacheBed bed = new("", ", { headers: { response: { set: { X-Below: yes } } } }");
        bed.Miss("Cache-Control: max-age=60")["X-Below"].ShouldBe("yes");
        bed.Hit()["X-Below"].ShouldBe("yes");
    }
}
