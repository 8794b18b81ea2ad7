using System.Text;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Pipeline.AccessLogging;

namespace Weir.Pipeline.Tests.AccessLogging;

public sealed class CombinedAccessFormatTests
{
    [Fact]
    public void A_proxied_request_is_the_line_that_analysers_know()
    {
        EndedExchange.Line(new CombinedAccessFormat(), EndedExchange.Proxied()).ShouldBe(
            "192.0.2.7 - - [21/Nov/2026:09:14:31 +0000] \"GET /cart/items?page=2 HTTP/1.1\" 200 100 \"https://shop.example.com/\" "
            + "\"Mozilla/5.0 (X11; Linux x86_64)\"\n");
    }

    [Fact]
    public void What_is_missing_is_a_dash()
    {
        Exchange exchange = EndedExchange.Of("GET", "/"u8.ToArray());
        exchange.Request.Version = HttpVersion.Http2;
        exchange.Error = ProxyErrors.ClientAborted;
        EndedExchange.Line(new CombinedAccessFormat(), exchange)
            .ShouldBe("192.0.2.7 - - [21/Nov/2026:09:14:31 +0000] \"GET / HTTP/2.0\" 499 0 \"-\" \"-\"\n");
    }

    [Fact]
    public void A_client_cannot_forge_fields_or_lines()
    {
        byte[] evil = Encoding.Latin1.GetBytes("x\" 200 1\n10.0.0.1 - - [\\x22 \t\u007fé");
        Exchange exchange = EndedExchange.Of("GET", evil);
        exchange.Request.Fields.AddStored(KnownField.UserAgent, exchange.Request.Fields.Store(evil));
        exchange.Request.Fields.AddStored(KnownField.Referer, exchange.Request.Fields.Store(evil));
        const string Escaped = @"x\x22 200 1\x0a10.0.0.1 - - [\x5cx22 \x09\x7f\xe9";
        EndedExchange.Line(new CombinedAccessFormat(), exchange)
            .ShouldBe($"192.0.2.7 - - [21/Nov/2026:09:14:31 +0000] \"GET {Escaped} HTTP/1.1\" 0 0 \"{Escaped}\" \"{Escaped}\"\n");
    }

    [Fact]
    public void The_longest_line_fits_and_marks_what_was_cut()
    {
        foreach (byte octet in new[] { (byte)'a', (byte)'"', (byte)0xFF })
        {
            string line = EndedExchange.Line(new CombinedAccessFormat(), JsonAccessFormatTests.Longest(octet));
            Encoding.UTF8.GetByteCount(line).ShouldBeLessThan(AccessFormat.MaxLineOctets);
            line.Count(character => character == '…').ShouldBe(5);
            line.Count(character => character == '"').ShouldBe(6);
        }
    }

    [Fact]
    public void The_time_follows_the_clock()
    {
        FixedLoop loop = new();
        CombinedAccessFormat format = new();
        JsonAccessFormat json = new();
        Exchange exchange = EndedExchange.Proxied(loop);
        foreach ((long unixMs, string common, string rfc) in new[]
        {
            (1_795_252_471_999, "21/Nov/2026:09:14:31 +0000", "2026-11-21T09:14:31.999Z"),
            (1_795_252_472_000, "21/Nov/2026:09:14:32 +0000", "2026-11-21T09:14:32.000Z"),
            (1_795_252_472_045, "21/Nov/2026:09:14:32 +0000", "2026-11-21T09:14:32.045Z"),
            (1_830_297_599_007, "31/Dec/2027:23:59:59 +0000", "2027-12-31T23:59:59.007Z"),
        })
        {
            loop.Unix = unixMs;
            EndedExchange.Line(format, exchange).ShouldContain($"[{common}]");
            EndedExchange.Line(json, exchange).ShouldContain($"\"{rfc}\"");
        }
    }
}
