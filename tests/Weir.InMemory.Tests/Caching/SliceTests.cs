using System.Globalization;
using System.Text.RegularExpressions;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Caching;

/// <summary>Proves that ranges of what is not stored are fetched, checked, stored and served in slices.</summary>
public sealed class SliceTests
{
    private const int Octets = 1000;
    private const string Response = "Cache-Control: max-age=60|ETag: \"a\"|Content-Type: video/mp4";

    private static readonly string _content = string.Concat(Enumerable.Range(0, 100).Select(number => $"{number:D10}"));

    [Fact]
    public void A_range_costs_the_slices_that_it_touches()
    {
        using CacheBed bed = new("slice: 100B");
        Message first = Get(bed, "bytes=250-269", out List<string> asked);
        asked.ShouldBe(["bytes=200-299"]);
        first.Status.ShouldBe(206);
        first["Content-Range"].ShouldBe("bytes 250-269/1000");
        first["Content-Type"].ShouldBe("video/mp4");
        first["Cache-Status"].ShouldBe("weir;fwd=uri-miss;ttl=60;stored");
        first.Body.ShouldBe(_content[250..270]);
        Message again = Get(bed, "bytes=200-209", out asked);
        asked.ShouldBeEmpty();
        again["Cache-Status"].ShouldBe("weir;hit;ttl=60");
        again.Body.ShouldBe(_content[200..210]);
        Message across = Get(bed, "bytes=290-410", out asked);
        asked.ShouldBe(["bytes=300-399", "bytes=400-499"]);
        across["Cache-Status"].ShouldBe("weir;fwd=partial;ttl=60");
        across.Body.ShouldBe(_content[290..411]);
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void All_of_it_is_put_together()
    {
        using CacheBed bed = new("slice: 300B");
        Get(bed, "bytes=900-", out List<string> asked).Body.ShouldBe(_content[900..]);
        asked.ShouldBe(["bytes=900-1199"]);
        Message whole = Get(bed, null, out asked);
        asked.ShouldBe(["bytes=0-299", "bytes=300-599", "bytes=600-899"]);
        whole.Status.ShouldBe(200);
        whole["Content-Length"].ShouldBe("1000");
        whole["Content-Range"].ShouldBeNull();
        whole.Body.ShouldBe(_content);
        Get(bed, "bytes=-1", out asked).Body.ShouldBe("9");
        Get(bed, null, out asked).Body.ShouldBe(_content);
        asked.ShouldBeEmpty();
        bed.Hit("HEAD /")["Content-Length"].ShouldBe("1000");
        bed.Hit("GET /|If-None-Match: \"a\"").Status.ShouldBe(304);
        bed.Hit("GET /|Range: bytes=1000-").Status.ShouldBe(416);
        Get(bed, "bytes=0-9|If-Range: \"b\"", out _).Body.ShouldBe(_content);
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void Requests_for_one_slice_at_once_become_one()
    {
        using CacheBed bed = new("slice: 100B");
        bed.Ask("GET /|Range: bytes=0-9", "a");
        bed.Ask("GET /|Range: bytes=50-59", "b");
        bed.AskedCount.ShouldBe(1);
        Answer(bed).ShouldBe(["bytes=0-99"]);
        bed.Client("a").TakeResponse().Body.ShouldBe(_content[..10]);
        bed.Client("b").TakeResponse().Body.ShouldBe(_content[50..60]);
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void Slices_of_two_representations_are_not_mixed()
    {
        using CacheBed bed = new("slice: 100B");
        Get(bed, "bytes=0-9", out _);
        bed.Ask("GET /|Range: bytes=100-109");
        Peer origin = bed.Origin.Next();
        origin.TakeRequest()["Range"].ShouldBe("bytes=100-199");
        origin.Answer(bed.Proxy, new string('x', 100), "HTTP/1.1 206 X", "ETag: \"b\"", "Cache-Control: max-age=60", "Content-Range: bytes 100-199/1000");

        // The client's own request goes on, and what was stored of the old one is forgotten.
        Peer other = bed.Origin.Connections.Last(peer => peer.Received.Length > 0);
        other.TakeRequest()["Range"].ShouldBe("bytes=100-109");
        other.Answer(bed.Proxy, new string('x', 10), "HTTP/1.1 206 X", "ETag: \"b\"", "Content-Range: bytes 100-109/1000");
        bed.Client().TakeResponse().Body.ShouldBe(new string('x', 10));
        bed.IsHit("GET /|Range: bytes=0-9").ShouldBeFalse();
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void A_change_in_the_middle_breaks_the_response_off()
    {
        using CacheBed bed = new("slice: 100B");
        Get(bed, "bytes=0-9", out _);
        bed.Ask("GET /");
        Peer origin = bed.Origin.Connections.Last(peer => peer.Received.Length > 0);
        origin.TakeRequest()["Range"].ShouldBe("bytes=100-199");
        origin.Answer(bed.Proxy, new string('x', 100), "HTTP/1.1 206 X", "ETag: \"b\"", "Content-Range: bytes 100-199/1000");
        bed.Client().IsClosed.ShouldBeTrue();
        bed.Client().Received.ShouldNotContain("xxx");
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void A_stale_head_is_validated_and_its_slices_stay()
    {
        using CacheBed bed = new("slice: 100B");
        Get(bed, "bytes=0-9", out _);
        bed.Advance(70);
        bed.Ask("GET /|Range: bytes=10-19", "b");
        Peer origin = bed.Origin.Connections.Last(peer => peer.Received.Length > 0);
        Message asked = origin.TakeRequest();
        asked["If-None-Match"].ShouldBe("\"a\"");
        asked["Range"].ShouldBe("bytes=0-99");
        origin.SendHead("HTTP/1.1 304 Not Modified", "ETag: \"a\"", "Cache-Control: max-age=60");
        bed.Proxy.Run();
        Message response = bed.Client("b").TakeResponse();
        response.Body.ShouldBe(_content[10..20]);
        response["Cache-Status"].ShouldBe("weir;fwd=stale;fwd-status=304;ttl=60");
        bed.Hit("GET /|Range: bytes=20-29", "b").Body.ShouldBe(_content[20..30]);
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void An_unsafe_request_drops_the_slices()
    {
        using CacheBed bed = new("slice: 100B");
        Get(bed, "bytes=0-9", out _);
        bed.Ask("DELETE /");
        Peer origin = bed.Origin.Next();
        origin.TakeRequest();
        origin.Answer(bed.Proxy, "");
        bed.Client().TakeResponse();
        Get(bed, "bytes=0-9", out List<string> asked);
        asked.ShouldBe(["bytes=0-99"]);
    }

    [Fact]
    public void A_part_that_is_not_to_be_stored_is_given_to_who_asked_and_remembered_as_such()
    {
        using CacheBed bed = new("slice: 100B");
        bed.Ask("GET /|Range: bytes=10-19");
        Answer(bed, "Cache-Control: private|ETag: \"a\"").ShouldBe(["bytes=0-99"]);
        Message response = bed.Client().TakeResponse();
        response.Status.ShouldBe(206);
        response["Content-Range"].ShouldBe("bytes 10-19/1000");
        response.Body.ShouldBe(_content[10..20]);
        response["Cache-Status"].ShouldBe("weir;fwd=uri-miss;detail=private");
        bed.Ask("GET /|Range: bytes=10-19");
        Answer(bed, "Cache-Control: private").ShouldBe(["bytes=10-19"]);
        bed.Client().TakeResponse().Body.ShouldBe(_content[10..20]);
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void An_origin_without_ranges_answers_with_all_and_the_client_gets_its_part()
    {
        using CacheBed bed = new("slice: 100B");
        bed.Ask("GET /|Range: bytes=10-19");
        bed.Asked();
        bed.Answer(Response, _content);
        Message response = bed.Client().TakeResponse();
        response.Status.ShouldBe(206);
        response["Content-Range"].ShouldBe("bytes 10-19/1000");
        response.Body.ShouldBe(_content[10..20]);
        bed.Hit().Body.ShouldBe(_content);
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void What_is_too_large_to_be_stored_whole_is_stored_in_slices()
    {
        using CacheBed bed = new("slice: 1MiB");
        string large = new('x', 1_100_000);
        bed.Miss(Response + "|Accept-Ranges: bytes", large)["Cache-Status"].ShouldBe("weir;fwd=uri-miss;detail=too-large");
        bed.Ask("GET /|Range: bytes=5-9");
        Peer origin = bed.Origin.Connections.Last(peer => peer.Received.Length > 0);
        origin.TakeRequest()["Range"].ShouldBe("bytes=0-1048575");
        origin.Answer(
            bed.Proxy, new string('x', 1 << 20), "HTTP/1.1 206 X", "ETag: \"a\"", "Cache-Control: max-age=60", "Content-Range: bytes 0-1048575/1100000");
        bed.Client().TakeResponse().Body.ShouldBe("xxxxx");
        bed.Hit("GET /|Range: bytes=10-11").Body.ShouldBe("xx");
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void Several_ranges_cost_the_slices_that_they_touch()
    {
        using CacheBed bed = new("slice: 100B");
        Message first = Get(bed, "bytes=250-259,-5,700-720", out List<string> asked);
        asked.ShouldBe(["bytes=200-299", "bytes=900-999", "bytes=700-799"]);
        first.Status.ShouldBe(206);
        first["Content-Type"].ShouldStartWith("multipart/byteranges; boundary=");
        first["Cache-Status"].ShouldBe("weir;fwd=uri-miss;ttl=60;stored");
        string boundary = first["Content-Type"]!.Split('=')[1];
        string expected = Multipart(boundary, (250, 260), (995, 1000), (700, 721));
        first.Body.ShouldBe(expected);
        first["Content-Length"].ShouldBe($"{expected.Length}");
        Message again = Get(bed, "bytes=701-702,205-206", out asked);
        asked.ShouldBeEmpty();
        again["Cache-Status"].ShouldBe("weir;hit;ttl=60");
        again.Body.ShouldBe(Multipart(again["Content-Type"]!.Split('=')[1], (701, 703), (205, 207)));
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void Ranges_that_overlap_are_one()
    {
        using CacheBed bed = new("slice: 100B");
        Message response = Get(bed, "bytes=10-19,15-30", out List<string> asked);
        asked.ShouldBe(["bytes=0-99"]);
        response["Content-Range"].ShouldBe("bytes 10-30/1000");
        response.Body.ShouldBe(_content[10..31]);
        bed.Proxy.AssertClean();
    }

    [Fact]
    public void A_slice_is_fetched_at_the_second_use_where_that_is_asked_for()
    {
        using CacheBed bed = new("slice: 100B, second_use: 100B");
        Get(bed, "bytes=10-19", out List<string> asked)["Cache-Status"].ShouldBe("weir;fwd=uri-miss");
        asked.ShouldBe(["bytes=10-19"]);
        Get(bed, "bytes=10-19", out asked).Body.ShouldBe(_content[10..20]);
        asked.ShouldBe(["bytes=0-99"]);
        Get(bed, "bytes=20-29", out asked).Body.ShouldBe(_content[20..30]);
        asked.ShouldBeEmpty();
    }

    [Fact]
    public void Who_follows_a_slice_says_so()
    {
        using CacheBed bed = new("slice: 100B");
        bed.Ask("GET /|Range: bytes=0-9", "a");
        bed.Ask("GET /|Range: bytes=50-59", "b");
        Answer(bed);
        bed.Client("a").TakeResponse()["Cache-Status"].ShouldBe("weir;fwd=uri-miss;ttl=60;stored");
        bed.Client("b").TakeResponse()["Cache-Status"].ShouldBe("weir;fwd=uri-miss;ttl=60;collapsed");
    }

    [Fact]
    public void Slices_can_be_off()
    {
        using CacheBed bed = new("slice: 0B");
        bed.Ask("GET /|Range: bytes=10-19");
        Answer(bed).ShouldBe(["bytes=10-19"]);
        bed.Client().TakeResponse()["Cache-Status"].ShouldBe("weir;fwd=uri-miss");
    }

    private static string Multipart(string boundary, params (int Start, int End)[] parts)
    {
        IEnumerable<string> pieces = parts.Select(part =>
            $"--{boundary}\r\nContent-Type: video/mp4\r\nContent-Range: bytes {part.Start}-{part.End - 1}/{Octets}\r\n\r\n"
            + $"{_content[part.Start..part.End]}\r\n");
        return string.Concat(pieces) + $"--{boundary}--\r\n";
    }

    // A request, and an origin that knows ranges.
    private static Message Get(CacheBed bed, string? range, out List<string> asked)
    {
        bed.Ask(range is null ? "GET /" : "GET /|Range: " + range);
        asked = Answer(bed);
        return bed.Client().TakeResponse();
    }

    private static List<string> Answer(CacheBed bed, string response = Response)
    {
        List<string> asked = [];
        while (bed.Origin.Connections.FirstOrDefault(peer => !peer.IsClosed && peer.Received.Length > 0) is { } origin)
        {
            Message request = origin.TakeRequest();
            asked.Add(request["Range"] ?? "all");
            Match range = Regex.Match(request["Range"]!, @"^bytes=(\d+)-(\d+)$");
            int first = int.Parse(range.Groups[1].Value, CultureInfo.InvariantCulture);
            int last = Math.Min(int.Parse(range.Groups[2].Value, CultureInfo.InvariantCulture), Octets - 1);
            origin.Answer(
                bed.Proxy, _content[first..(last + 1)], ["HTTP/1.1 206 Partial Content", .. response.Split('|'), $"Content-Range: bytes {first}-{last}/{Octets}"]);
        }

        return asked;
    }
}
