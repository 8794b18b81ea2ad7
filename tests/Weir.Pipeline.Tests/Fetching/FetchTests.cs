using System.Text;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;

namespace Weir.Pipeline.Tests.Fetching;

public sealed class FetchTests
{
    private const string SmallAnswer = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello";

    [Fact]
    public void A_module_answers_with_what_it_fetched_below_itself()
    {
        CountingModule above = new();
        CountingModule below = new();
        FetchingModule fetching = new();
        CountingModule route = new();
        using FetchBed bed = new([above, fetching, below], [route]);
        RecordingClient client = bed.Send("/a");
        bed.Origin.LastRequest.ShouldStartWith("GET /a HTTP/1.1\r\n");
        bed.Answer(SmallAnswer);
        client.Status.ShouldBe(200);
        client.Text.ShouldBe("hello");
        client.IsFinished.ShouldBeTrue();
        client.IsAborted.ShouldBeFalse();
        Moments(above).ShouldBe((1, 1, 1));

        // The exchange itself ended above these modules; the fetch passed them. All modules learn the end of the client's exchange.
        Moments(below).ShouldBe((1, 1, 2));
        Moments(route).ShouldBe((1, 1, 1));
        fetching.Result!.Head!.Status.ShouldBe(200);
    }

    [Fact]
    public void A_fetch_within_the_route_stack_runs_neither_the_site_stack_nor_what_stands_above()
    {
        CountingModule site = new();
        CountingModule above = new();
        CountingModule below = new();
        using FetchBed bed = new([site], [above, new FetchingModule(), below]);
        RecordingClient client = bed.Send("/r");
        bed.Answer(SmallAnswer);
        client.Text.ShouldBe("hello");
        Moments(site).ShouldBe((1, 1, 1));
        Moments(above).ShouldBe((1, 1, 1));
        Moments(below).ShouldBe((1, 1, 2));
    }

    [Fact]
    public void A_fetch_from_an_upstream_by_name_passes_no_stack()
    {
        CountingModule below = new();
        using FetchBed bed = new([new FetchingModule { Upstream = "app" }, below], [below]);
        RecordingClient client = bed.Send("/check");
        bed.Origin.LastRequest.ShouldStartWith("GET /check HTTP/1.1\r\n");
        bed.Answer(SmallAnswer);
        client.Text.ShouldBe("hello");
        (below.Requests, below.Responses).ShouldBe((0, 0));
    }

    [Fact]
    public void An_upstream_that_does_not_exist_is_an_error_of_the_fetch()
    {
        FetchingModule fetching = new() { Upstream = "nowhere" };
        using FetchBed bed = new([fetching], []);
        RecordingClient client = bed.Send("/");
        fetching.Error.ShouldBe(ProxyErrors.NoServer);
        client.Status.ShouldBe(503);
    }

    [Fact]
    public void A_fetch_that_is_not_answered_ends_at_its_deadline()
    {
        FetchingModule fetching = new() { DeadlineMs = 500 };
        using FetchBed bed = new([fetching], []);
        RecordingClient client = bed.Send("/slow");
        bed.Advance(480);
        client.Status.ShouldBe(0);
        bed.Advance(60);
        fetching.Error.ShouldBe(ProxyErrors.DeadlineExceeded);
        client.Status.ShouldBe(504);
        bed.Origin.Last.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public void The_deadline_holds_for_the_content_too_and_readers_get_an_error_not_an_end()
    {
        using FetchBed bed = new([new FetchingModule { DeadlineMs = 500 }], []);
        RecordingClient client = bed.Send("/slow");
        bed.Answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
        client.Text.ShouldBe("hello");
        bed.Advance(600);
        client.IsAborted.ShouldBeTrue();
        client.IsFinished.ShouldBeFalse();
    }

    [Fact]
    public void A_truncated_response_reaches_the_reader_as_an_error()
    {
        using FetchBed bed = new([new FetchingModule()], []);
        RecordingClient client = bed.Send("/cut");
        bed.Answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhel");
        bed.Origin.Last.PeerEnd();
        bed.Turn();
        client.Text.ShouldBe("hel");
        client.IsAborted.ShouldBeTrue();
        client.IsFinished.ShouldBeFalse();
    }

    [Fact]
    public void An_origin_that_closes_without_an_answer_is_an_error_of_the_fetch()
    {
        FetchingModule fetching = new();
        using FetchBed bed = new([fetching], []);
        RecordingClient client = bed.Send("/gone");
        bed.Origin.Last.PeerEnd();
        bed.Turn();
        fetching.Error.ShouldBe(ProxyErrors.OriginReset);
        client.Status.ShouldBe(502);
    }

    [Fact]
    public void Trailers_reach_the_reader()
    {
        using FetchBed bed = new([new FetchingModule()], []);
        RecordingClient client = bed.Send("/t");
        bed.Answer("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n");
        client.Text.ShouldBe("abc");
        client.IsFinished.ShouldBeTrue();
        client.Trailers.ShouldNotBeNull().Count.ShouldBe(1);
    }

    [Fact]
    public void A_response_without_content_has_an_empty_body()
    {
        using FetchBed bed = new([new FetchingModule()], []);
        RecordingClient client = bed.Send("/none");
        bed.Answer("HTTP/1.1 204 No Content\r\n\r\n");
        client.Status.ShouldBe(204);
        client.Content.ShouldBeEmpty();
        client.IsFinished.ShouldBeTrue();
    }

    [Fact]
    public void A_head_request_answered_from_a_fetch_leaves_no_reader_behind()
    {
        using FetchBed bed = new([new FetchingModule()], []);
        RecordingClient client = bed.Send("/h", method: "HEAD");
        bed.Answer("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
        client.Status.ShouldBe(200);
        client.IsFinished.ShouldBeTrue();
    }

    [Fact]
    public void A_slow_reader_stops_the_fetch_at_its_window()
    {
        const int Total = 1 << 20;
        const int Window = 128 * 1024;
        using FetchBed bed = new([new FetchingModule { WindowOctets = Window }], []);
        RecordingClient client = new();
        client.Hold();
        bed.Send("/big", client: client);
        byte[] content = Pattern(Total);
        bed.Answer($"HTTP/1.1 200 OK\r\nContent-Length: {Total}\r\n\r\n");
        bed.Origin.Last.PeerSend(content);
        bed.Turn();
        bed.Origin.Last.TotalReceived.ShouldBeLessThan(Window + (3 * 64 * 1024));
        client.LetGo();
        bed.Turn();
        client.IsFinished.ShouldBeTrue();
        client.Content.SequenceEqual(content).ShouldBeTrue();
    }

    [Fact]
    public void A_reader_whose_client_breaks_off_does_not_hold_up_the_fetch()
    {
        using FetchBed bed = new([new FetchingModule()], []);
        RecordingClient client = new() { Fails = true };
        bed.Send("/broken", client: client);
        bed.Answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
        client.IsAborted.ShouldBeTrue();

        // Nobody follows and the module has released it: the origin's connection is given up.
        bed.Origin.Last.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public void Readers_on_two_loops_follow_the_same_body()
    {
        FetchingModule fetching = new() { KeepsBody = true };
        using FetchBed bed = new([fetching], [], loops: 2);
        RecordingClient client = bed.Send("/two");
        bed.Answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
        FollowedBody body = fetching.Result!.Body!;
        body.IsWhole.ShouldBeTrue();
        StringBuilder other = new();
        bed.Loop(1).Post(() => bed.Loop(1).Observe(ReadAllAsync(body.OpenReader(bed.Loop(1)), other)));
        bed.Turn();
        other.ToString().ShouldBe("hello");
        bed.Answer("world");
        other.ToString().ShouldBe("helloworld.");
        client.Text.ShouldBe("helloworld");

        // A late reader gets everything while everything is kept.
        StringBuilder late = new();
        bed.Loop(0).Post(() => bed.Loop(0).Observe(ReadAllAsync(body.OpenReader(bed.Loop(0)), late)));
        bed.Turn();
        late.ToString().ShouldBe("helloworld.");
        body.Release();
        bed.Turn();
        body.IsWhole.ShouldBeFalse();
    }

    [Fact]
    public void A_reader_that_comes_too_late_gets_an_error_not_the_rest()
    {
        const int Window = 64 * 1024;
        const int Total = 256 * 1024;
        FetchingModule fetching = new() { KeepsBody = true, WindowOctets = Window };
        using FetchBed bed = new([fetching], []);
        RecordingClient client = bed.Send("/late");
        bed.Answer($"HTTP/1.1 200 OK\r\nContent-Length: {Total + 1}\r\n\r\n");
        bed.Origin.Last.PeerSend(Pattern(Total));
        bed.Turn();
        client.Content.Length.ShouldBe(Total);
        FollowedBody body = fetching.Result!.Body!;
        body.IsWhole.ShouldBeFalse();
        StringBuilder late = new();
        bed.Loop(0).Post(() => bed.Loop(0).Observe(ReadAllAsync(body.OpenReader(bed.Loop(0)), late)));
        bed.Turn();
        late.ToString().ShouldBe("!");
        bed.Answer("x");
        client.IsFinished.ShouldBeTrue();
        body.Release();
    }

    [Fact]
    public void Releasing_a_running_fetch_that_nobody_follows_ends_it()
    {
        FetchingModule fetching = new() { KeepsBody = true };
        using FetchBed bed = new([fetching], []);
        RecordingClient client = new() { Fails = true };
        bed.Send("/release", client: client);
        bed.Answer("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhello");
        bed.Origin.Last.IsClosed.ShouldBeFalse();
        fetching.Result!.Body!.Release();
        bed.Turn();
        bed.Origin.Last.IsClosed.ShouldBeTrue();
    }

    [Fact]
    public void A_module_that_throws_below_is_an_error_of_the_fetch()
    {
        FetchingModule fetching = new();
        using FetchBed bed = new([fetching, new ThrowingModule()], []);
        RecordingClient client = bed.Send("/throws");
        fetching.Error.ShouldBe(ProxyErrors.ModuleFailed);
        client.Status.ShouldBe(500);
    }

    private static (int Requests, int Responses, int Finishes) Moments(CountingModule module) =>
        (module.Requests, module.Responses, module.Finishes);

    private static byte[] Pattern(int count)
    {
        byte[] octets = new byte[count];
        for (int i = 0; i < count; i++)
        {
            octets[i] = (byte)((i * 31) + (i >> 8));
        }

        return octets;
    }

    /// <summary>Appends what is read, "." at the end, "!" at an error.</summary>
    private static async ValueTask ReadAllAsync(BodyReader reader, StringBuilder text)
    {
        while (true)
        {
            BodyRead read = await reader.ReadAsync();
            text.Append(Encoding.ASCII.GetString(read.Data.Span));
            if (read.Error is not null || read.IsEnd)
            {
                text.Append(read.Error is null ? "." : "!");
                return;
            }
        }
    }

    private sealed class ThrowingModule : Abstractions.Modules.IRequestModule
    {
        public ValueTask<Abstractions.Modules.Verdict> OnRequestAsync(Exchange exchange) =>
            throw new InvalidOperationException("broken module");
    }
}
