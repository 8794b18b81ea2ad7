using System.Text;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Caching;

/// <summary>Proves that one request is enough for all that ask while its answer arrives, however much of it is there.</summary>
public sealed class JoiningTests
{
    private const int MiB = 1 << 20;
    private const int Octets = 10 * MiB;

    private static readonly string _content = MakeContent();

    [Fact]
    public void Who_comes_at_any_time_of_a_fill_reads_what_is_stored_and_follows()
    {
        using CacheBed bed = new("", memory: "128MiB", objectSize: "12MiB");
        bed.Ask(client: "first");
        bed.Asked();
        Peer origin = bed.Origin.Last;
        origin.SendHead("HTTP/1.1 200 OK", "Cache-Control: max-age=60", $"Content-Length: {Octets}");
        bed.Ask(client: "at the head");
        int sent = 0;
        foreach (int join in (int[])[MiB, 9 * MiB, Octets - 1])
        {
            origin.Send(_content[sent..join]);
            sent = join;
            bed.Ask(client: $"at {join}");
            bed.Proxy.Run();
            bed.Client($"at {join}").Connection.Sent.Length.ShouldBeGreaterThan(join);
        }

        origin.Send(_content[sent..]);
        bed.Proxy.Run();
        bed.AskedCount.ShouldBe(0);
        bed.Origin.Connections.Count.ShouldBe(1);
        foreach (string name in (string[])["first", "at the head", $"at {MiB}", $"at {9 * MiB}", $"at {Octets - 1}"])
        {
            Check(bed, name).ShouldContain(name == "first" ? "stored" : "collapsed");
        }

        bed.Ask(client: "later");
        bed.AskedCount.ShouldBe(0);
        Check(bed, "later").ShouldContain("weir;hit");
        bed.Proxy.AssertClean();
    }

    [Theory]
    [InlineData("", "5")]
    [InlineData("Age: 100", "105")]
    public void Who_joins_later_is_told_how_old_the_response_is_by_now(string field, string age)
    {
        using CacheBed bed = new();
        bed.Ask(client: "first");
        bed.Asked();
        string[] more = field.Length == 0 ? [] : [field];
        bed.Origin.Last.SendHead(["HTTP/1.1 200 OK", "Cache-Control: max-age=600", $"Date: {bed.Date(0)}", "Content-Length: 4", .. more]);
        bed.Ask(client: "at once");
        bed.Advance(5);
        bed.Ask(client: "later");
        bed.Origin.Last.Send("body");
        bed.Proxy.Run();
        bed.AskedCount.ShouldBe(0);
        string? first = field.Length == 0 ? null : "100";
        bed.Client("first").TakeResponse()["Age"].ShouldBe(first);
        bed.Client("at once").TakeResponse()["Age"].ShouldBe(first);
        Message later = bed.Client("later").TakeResponse();
        later["Cache-Status"].ShouldBe("weir;fwd=uri-miss;collapsed");
        later["Age"].ShouldBe(age);
        later.Body.ShouldBe("body");
        bed.Proxy.AssertClean();
    }

    [Theory]
    [InlineData("Cache-Control: max-age=60")]
    [InlineData("Cache-Control: private")]
    public void What_is_taken_from_the_trailers_of_one_client_is_still_there_for_others(string response)
    {
        using Proxy proxy = new($$"""
            listen: [":8080"]
            sites:
              "*":
                stack:
                  - compress
                  - cache
                routes: [{ to: "http://10.0.0.1:80" }]
            """);
        Peer[] clients = [proxy.Connect(), proxy.Connect()];
        string[] head = ["GET / HTTP/1.1", "Host: a.test", "TE: trailers", "Connection: TE"];
        clients[0].SendHead([.. head, "Accept-Encoding: gzip"]);
        clients[1].SendHead(head);
        string content = new('x', 5_000);
        string answer = $"1388\r\n{content}\r\n0\r\nX-Sum: 1\r\nContent-Digest: sha-256=:x:\r\n\r\n";
        proxy.Origin.Last.TakeRequest();
        proxy.Origin.Answer(proxy, answer, "HTTP/1.1 200 OK", response, "Content-Type: text/html", "Transfer-Encoding: chunked");
        foreach (Peer origin in proxy.Origin.Connections.Where(origin => origin.Received.Length > 0).ToArray())
        {
            origin.TakeRequest();
            origin.Answer(proxy, answer, "HTTP/1.1 200 OK", response, "Content-Type: text/html", "Transfer-Encoding: chunked");
        }

        clients[0].TakeResponse().Trailers.ShouldBe("X-Sum: 1\r\n");
        Message plain = clients[1].TakeResponse();
        plain.Body.ShouldBe(content);
        plain.Trailers.ShouldBe("X-Sum: 1\r\nContent-Digest: sha-256=:x:\r\n");
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("", "Cache-Control: max-age=60, private=\"Set-Cookie\"")]
    [InlineData("", "Cache-Control: max-age=60, no-cache=\"set-cookie\"")]
    [InlineData("", "CDN-Cache-Control: max-age=60, private=\"Set-Cookie\"")]
    [InlineData("set_cookie: strip", "Cache-Control: max-age=60")]
    public void Fields_of_the_first_client_alone_are_not_given_to_those_who_join(string options, string response)
    {
        using CacheBed bed = new(options);
        bed.Ask(client: "first");
        bed.Ask(client: "before the head");
        bed.Asked();
        bed.Origin.Last.SendHead("HTTP/1.1 200 OK", response, "Set-Cookie: id=first", "X-A: 1", "Content-Length: 4");
        bed.Ask(client: "behind the head");
        bed.Origin.Last.Send("body");
        bed.Proxy.Run();
        bed.AskedCount.ShouldBe(0);
        bed.Client("first").TakeResponse()["Set-Cookie"].ShouldBe("id=first");
        foreach (string client in (string[])["before the head", "behind the head"])
        {
            Message joined = bed.Client(client).TakeResponse();
            joined["Set-Cookie"].ShouldBeNull(client);
            joined["X-A"].ShouldBe("1");
            joined.Body.ShouldBe("body");
        }

        bed.Proxy.AssertClean();
    }

    [Fact]
    public void Nobody_waits_for_a_slow_reader_of_what_is_stored()
    {
        using CacheBed bed = new("", memory: "128MiB", objectSize: "12MiB");
        bed.Client("slow").Connection.OpenWindow(0);
        bed.Ask(client: "slow");
        bed.Asked();
        bed.Origin.Last.SendHead("HTTP/1.1 200 OK", "Cache-Control: max-age=60", $"Content-Length: {Octets}");
        bed.Ask(client: "fast");
        bed.Origin.Last.Send(_content);
        bed.Proxy.Run();
        Check(bed, "fast").ShouldContain("collapsed");
        bed.Ask(client: "later");
        Check(bed, "later").ShouldContain("hit");
        bed.Client("slow").Connection.OpenWindow(int.MaxValue);
        bed.Proxy.Run();
        Check(bed, "slow").ShouldContain("stored");
        bed.Proxy.AssertClean();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_turns_out_too_large_goes_on_for_its_readers_alone(bool isSlow)
    {
        using CacheBed bed = new("", memory: "128MiB", objectSize: "2MiB");
        bed.Ask(client: "a");
        bed.Asked();
        Peer origin = bed.Origin.Last;
        origin.SendHead("HTTP/1.1 200 OK", "Cache-Control: max-age=60", "Transfer-Encoding: chunked");
        bed.Ask(client: "b");
        bed.Client("b").Connection.OpenWindow(isSlow ? 0 : int.MaxValue);
        origin.Send($"{Octets:x}\r\n" + _content[..(3 * MiB)]);
        bed.Ask(client: "late");
        bed.AskedCount.ShouldBe(1);
        origin.Send(_content[(3 * MiB)..] + "\r\n0\r\n\r\n");
        bed.Proxy.Run();
        if (isSlow)
        {
            // The window is full, and the origin waits for the slower one.
            bed.Client("a").Connection.Sent.Length.ShouldBeInRange(3 * MiB, Octets);
            bed.Client("b").Connection.OpenWindow(int.MaxValue);
            bed.Proxy.Run();
        }

        bed.Client("a").TakeResponse().Body.ShouldBe(_content);
        bed.Client("b").TakeResponse().Body.ShouldBe(_content);
        bed.Client("late").Reset();
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void A_fill_that_is_not_stored_ends_with_its_last_reader()
    {
        using CacheBed bed = new("", memory: "128MiB", objectSize: "2MiB");
        bed.Ask(client: "a");
        bed.Asked();
        Peer origin = bed.Origin.Last;
        origin.SendHead("HTTP/1.1 200 OK", "Cache-Control: max-age=60", "Transfer-Encoding: chunked");
        origin.Send($"{Octets:x}\r\n" + _content[..(3 * MiB)]);
        bed.Client("a").Reset();
        bed.Proxy.Run();
        origin.IsClosed.ShouldBeTrue();
        bed.Proxy.AssertClean();
    }

    // Whole, and octet by octet the same; the answer's Cache-Status.
    private static string Check(CacheBed bed, string client)
    {
        ReadOnlySpan<byte> sent = bed.Client(client).Connection.Sent;
        int end = sent.IndexOf("\r\n\r\n"u8);
        sent[(end + 4)..].SequenceEqual(Encoding.Latin1.GetBytes(_content)).ShouldBeTrue(client);
        string[] lines = Encoding.Latin1.GetString(sent[..end]).Split("\r\n");
        return lines.Single(line => line.StartsWith("Cache-Status", StringComparison.Ordinal));
    }

    private static string MakeContent()
    {
        StringBuilder content = new(Octets + 8);
        for (int i = 0; content.Length < Octets; i++)
        {
            content.Append($"{i:D8}");
        }

        return content.ToString(0, Octets);
    }
}
