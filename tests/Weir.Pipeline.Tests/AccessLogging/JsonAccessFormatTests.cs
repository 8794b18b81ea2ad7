using System.Text;
using System.Text.Json;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Pipeline.AccessLogging;

namespace Weir.Pipeline.Tests.AccessLogging;

public sealed class JsonAccessFormatTests
{
    [Fact]
    public void A_proxied_request_is_one_line_with_every_phase()
    {
        EndedExchange.Line(new JsonAccessFormat(), EndedExchange.Proxied()).ShouldBe(Quoted(
            "{'time':'2026-11-21T09:14:31.123Z','client':'192.0.2.7','request_id':'0123456789abcdef','method':'GET','scheme':'http',"
            + "'host':'shop.example.com','path':'/cart/items','query':'page=2','protocol':'HTTP/1.1','status':200,'request_bytes':0,"
            + "'response_bytes':100,'duration_ms':0.312,'phases':{'head':0.010,'queue':0.005,'connect':0.001,'send':0.014,'wait':0.270,"
            + "'body':0.012},'site':'shop.example.com','route':'/cart/*','upstream':'app','server':'10.0.0.11:8080','retries':0,"
            + "'reused':true,'user_agent':'Mozilla/5.0 (X11; Linux x86_64)','referer':'https://shop.example.com/'}\n"));
    }

    [Fact]
    public void A_request_without_a_site_says_why_and_leaves_out_what_was_not_reached()
    {
        Exchange exchange = EndedExchange.Of("OPTIONS", "*"u8.ToArray());
        exchange.Error = ProxyErrors.NoSite;
        exchange.EndedBy = Fault.Weir;
        exchange.Phase = Phase.Modules;
        exchange.ErrorDetail = "no site for \"x\"";
        exchange.AnsweredBy = "respond";
        EndedExchange.Line(new JsonAccessFormat(), exchange).ShouldBe(Quoted(
            "{'time':'2026-11-21T09:14:31.123Z','client':'192.0.2.7','request_id':'0123456789abcdef','method':'OPTIONS','scheme':'http',"
            + "'host':'shop.example.com','path':'*','protocol':'HTTP/1.1','status':404,'request_bytes':0,'response_bytes':0,"
            + "'duration_ms':0.312,'phases':{'head':0.010,'queue':0.302},'answered_by':'respond','ended_by':'weir',"
            + "'ended_phase':'modules','error':'no_site','error_detail':'no site for \\'x\\''}\n"));
    }

    [Fact]
    public void A_failed_connect_counts_until_the_end()
    {
        Exchange exchange = EndedExchange.Proxied();
        exchange.Timings.ConnectedNs = 0;
        exchange.Timings.SentNs = 0;
        exchange.Timings.ResponseNs = 0;
        exchange.Timings.EndedNs = 5_000_000_000 + 12_345_678_000;
        exchange.Retries = 2;
        using JsonDocument line = Parse(exchange);
        line.RootElement.GetProperty("duration_ms").GetRawText().ShouldBe("12345.678");
        line.RootElement.GetProperty("phases").GetRawText().ShouldBe("""{"head":0.010,"queue":0.005,"connect":12345.663}""");
        line.RootElement.GetProperty("retries").GetInt32().ShouldBe(2);
    }

    [Fact]
    public void The_phases_add_up_to_the_duration()
    {
        const int Seed = 71;
        Random random = new(Seed);
        for (int i = 0; i < 2000; i++)
        {
            ExchangeTimings timings = default;
            long now = 1 + random.NextInt64(1_000_000);
            timings.StartedNs = now;
            timings.HeadNs = Later(random, ref now);
            timings.PickedNs = Later(random, ref now);
            timings.ConnectedNs = Later(random, ref now);
            timings.SentNs = Later(random, ref now);
            timings.ResponseNs = Later(random, ref now);
            timings.EndedNs = now + random.NextInt64(1_000_000);
            PhaseDurations phases = new(in timings);
            long sum = new[] { phases.HeadNs, phases.QueueNs, phases.ConnectNs, phases.SendNs, phases.WaitNs, phases.BodyNs }
                .Where(ns => ns > 0).Sum();
            sum.ShouldBe(phases.TotalNs, $"seed {Seed}, round {i}");
        }
    }

    [Theory]
    [InlineData("/\"},{\"status\":200", "/\"},{\"status\":200")]
    [InlineData("/a\\", "/a\\")]
    [InlineData("/\r\n{\"time\":0}\r\n", "/\r\n{\"time\":0}\r\n")]
    [InlineData("/\0\u001b[31m\u007f", "/\0\u001b[31m\u007f")]
    public void A_path_cannot_forge_keys_or_lines(string target, string path)
    {
        using JsonDocument line = Parse(EndedExchange.Of("GET", Encoding.Latin1.GetBytes(target)));
        line.RootElement.GetProperty("path").GetString().ShouldBe(path);
        line.RootElement.GetProperty("status").GetInt32().ShouldBe(0);
        line.RootElement.EnumerateObject().Count(property => property.Name == "status").ShouldBe(1);
    }

    [Fact]
    public void Utf8_is_kept_and_what_is_none_is_replaced()
    {
        Exchange exchange = EndedExchange.Of("GET", "/"u8.ToArray());
        exchange.Request.Fields.Add("User-Agent"u8, [(byte)'a', 0xC3, 0xA9, 0xFF, 0xE2, 0x82, (byte)'z', 0xF0, 0x9F, 0x8C, 0x8A]);
        string text = EndedExchange.Line(new JsonAccessFormat(), exchange);
        text.ShouldContain("\"user_agent\":\"aé\\ufffd\\ufffdz🌊\"");
    }

    [Theory]
    [InlineData("\u202e", "\\u202e")]
    [InlineData("\u2028", "\\u2028")]
    [InlineData("\u0085", "\\u0085")]
    public void Invisible_characters_are_escaped(string hidden, string escaped)
    {
        Exchange exchange = EndedExchange.Of("GET", "/"u8.ToArray());
        exchange.Request.Fields.Add("Referer"u8, Encoding.UTF8.GetBytes(hidden));
        EndedExchange.Line(new JsonAccessFormat(), exchange).ShouldContain($"\"referer\":\"{escaped}\"");
    }

    [Fact]
    public void A_query_that_a_module_removed_is_still_logged_as_it_came()
    {
        Exchange exchange = EndedExchange.Of("GET", "http://shop.example.com:80?a=b"u8.ToArray());
        exchange.Request.ReplacePath("/rewritten"u8);
        using JsonDocument line = Parse(exchange);
        line.RootElement.GetProperty("path").GetString().ShouldBe("");
        line.RootElement.GetProperty("query").GetString().ShouldBe("a=b");
    }

    [Fact]
    public void The_client_that_a_trusted_proxy_names_is_logged()
    {
        Exchange exchange = EndedExchange.Proxied();
        IpAddress.TryParse("2001:db8::5", out IpAddress client).ShouldBeTrue();
        exchange.ClientAddress = client;
        using JsonDocument line = Parse(exchange);
        line.RootElement.GetProperty("client").GetString().ShouldBe("2001:db8::5");
    }

    [Fact]
    public void Every_key_of_the_table_can_appear_and_no_other()
    {
        Exchange exchange = EndedExchange.Proxied();
        EndedExchange.Secure(exchange, "shop.example.com");
        exchange.IsHedged = true;
        exchange.AnsweredBy = "cache";
        exchange.EndedBy = Fault.Client;
        exchange.Error = ProxyErrors.ClientAborted;
        exchange.ErrorDetail = "reset";
        using JsonDocument line = Parse(exchange);
        List<string> names = [];
        foreach (JsonProperty property in line.RootElement.EnumerateObject())
        {
            names.AddRange(property.Value.ValueKind == JsonValueKind.Object
                ? property.Value.EnumerateObject().Select(inner => $"{property.Name}.{inner.Name}")
                : [property.Name]);
        }

        names.ShouldBe(AccessKeys.All.Select(row => row.Name));
        AccessKeys.All.Select(row => (int)row.Key).ShouldBe(Enumerable.Range(0, (int)AccessKey.Count));
    }

    [Fact]
    public void The_longest_line_fits_whatever_it_holds()
    {
        foreach (byte octet in new[] { (byte)'a', (byte)'"', (byte)1, (byte)0xFF })
        {
            Exchange exchange = Longest(octet);
            EndedExchange.Secure(exchange, new string('a', 300));
            byte[] line = new byte[AccessFormat.MaxLineOctets];
            int length = new JsonAccessFormat().Write(exchange, line);
            length.ShouldBeLessThan(AccessFormat.MaxLineOctets);
            using JsonDocument document = JsonDocument.Parse(line.AsMemory(0, length));
            document.RootElement.GetProperty("path").GetString()!.ShouldEndWith("…");
            document.RootElement.GetProperty("query").GetString()!.ShouldEndWith("…");
            document.RootElement.GetProperty("error_detail").GetString()!.ShouldEndWith("…");
            line.AsSpan(0, length).Count((byte)'\n').ShouldBe(1);
        }
    }

    [Fact]
    public void Text_is_cut_in_front_of_an_escape_and_never_within()
    {
        const int Seed = 5;
        Random random = new(Seed);
        byte[] value = new byte[200];
        byte[] line = new byte[300];
        for (int i = 0; i < 20_000; i++)
        {
            for (int at = 0; at < value.Length; at++)
            {
                value[at] = random.Next(4) == 0 ? (byte)random.Next(256) : (byte)'x';
            }

            int bound = random.Next(3, 250);
            LineWriter writer = new(line);
            writer.Text(value, bound, EscapeStyle.Json);
            writer.Length.ShouldBeLessThanOrEqualTo(bound, $"seed {Seed}");
            string text = JsonDocument.Parse($"\"{Encoding.UTF8.GetString(line, 0, writer.Length)}\"").RootElement.GetString()!;
            string whole = Encoding.UTF8.GetString(value);
            (text == whole || (text.EndsWith('…') && whole.StartsWith(text[..^1], StringComparison.Ordinal)))
                .ShouldBeTrue($"seed {Seed}: {text} of {whole}");
        }
    }

    [Fact]
    public void Lines_allocate_nothing()
    {
        FixedLoop loop = new();
        Exchange exchange = EndedExchange.Proxied(loop);
        IpAddress.TryParse("2001:db8::5", out IpAddress client).ShouldBeTrue();
        exchange.ClientAddress = client;
        TemplateAccessFormat? template =
            TemplateAccessFormat.TryParse("{time} {client} {path} {status} {header.User-Agent} {route}", out _);
        foreach (AccessFormat format in new AccessFormat[] { new JsonAccessFormat(), new CombinedAccessFormat(), template! })
        {
            WriteLines(format, exchange, loop);
            WriteLines(format, exchange, loop).ShouldBe(0, format.GetType().Name);
        }
    }

    [Theory]
    [InlineData(0, "0.000")]
    [InlineData(499, "0.000")]
    [InlineData(500, "0.001")]
    [InlineData(-7, "0.000")]
    [InlineData(9_999_999, "10.000")]
    [InlineData(12_345_678, "12.346")]
    [InlineData(3_600_000_000_000, "3600000.000")]
    [InlineData(long.MaxValue, "9223372036854.776")]
    public void Milliseconds_have_three_decimals(long ns, string expected)
    {
        byte[] line = new byte[64];
        LineWriter writer = new(line);
        writer.Milliseconds(ns);
        Encoding.ASCII.GetString(line, 0, writer.Length).ShouldBe(expected);
    }

    internal static Exchange Longest(byte octet)
    {
        byte[] value = new byte[20_000];
        Array.Fill(value, octet);
        byte[] target = [(byte)'/', .. value, (byte)'?', .. value];
        string text = new((char)octet, 5000);
        Exchange exchange = EndedExchange.Of(text, target);
        RequestHead request = exchange.Request;
        ByteSlice host = request.Fields.Store(value);
        request.SetAuthority(host, host, 0);
        ByteSlice field = request.Fields.Store(value);
        request.Fields.AddStored(KnownField.UserAgent, field);
        request.Fields.AddStored(KnownField.Referer, field);
        exchange.SetRequestId(value);
        exchange.SiteName = exchange.RouteName = exchange.UpstreamName
            = exchange.ServerName = exchange.AnsweredBy = exchange.ErrorDetail = text;
        exchange.Error = ProxyErrors.OriginHeadTooLarge;
        exchange.EndedBy = Fault.Client;
        exchange.ReceivedOctets = exchange.SentBodyOctets = long.MaxValue;
        exchange.Retries = int.MaxValue;
        exchange.Response.Status = 999;
        exchange.ClientAddress = new IpAddress(ulong.MaxValue, ulong.MaxValue);
        exchange.Timings.StartedNs = 1;
        exchange.Timings.HeadNs = exchange.Timings.PickedNs = exchange.Timings.ConnectedNs = exchange.Timings.SentNs = 1;
        exchange.Timings.ResponseNs = exchange.Timings.EndedNs = long.MaxValue;
        return exchange;
    }

    // Returns the octets that were allocated.
    private static long WriteLines(AccessFormat format, Exchange exchange, FixedLoop loop)
    {
        byte[] line = new byte[AccessFormat.MaxLineOctets];
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 5000; i++)
        {
            loop.Unix += 1;
            format.Write(exchange, line);
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    // Quotes are easier to read as apostrophes.
    private static string Quoted(string line) => line.Replace('\'', '"');

    private static long Later(Random random, ref long now)
    {
        if (random.Next(4) == 0)
        {
            return 0;
        }

        now += random.NextInt64(1_000_000);
        return now;
    }

    private static JsonDocument Parse(Exchange exchange)
    {
        string line = EndedExchange.Line(new JsonAccessFormat(), exchange);
        line.Count(character => character == '\n').ShouldBe(1);
        line.ShouldEndWith("}\n");
        return JsonDocument.Parse(line);
    }
}
