using System.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Hpack;
using Weir.Http.Http1;
using Weir.Http.Http2;

namespace Weir.Http.Tests.Http2;

/// <summary>Proves the field blocks of requests (RFC 9113 section 8.3.1) by decoding them, secrets apart by their octets.</summary>
public sealed class RequestBlockTests
{
    [Fact]
    public void Pseudo_fields_come_first_and_nothing_of_a_connection_is_written()
    {
        RequestHead head = Make(
            "GET /a?b=c", "Host: a.test", "Connection: close", "Keep-Alive: 1", "Upgrade: x", "TE: gzip", "X-Mixed: Case");
        Decode(head, default).ShouldBe([":method: GET", ":scheme: http", ":authority: a.test", ":path: /a?b=c", "x-mixed: Case"]);
    }

    [Fact]
    public void What_the_options_say_is_written()
    {
        RequestHead head = Make("POST /", "Host: a.test", "Content-Length: 9");
        Decode(head, new RequestBlockOptions { IsHttps = true, SendTeTrailers = true, BodyLength = BodyLength.Of(9) })
            .ShouldBe([":method: POST", ":scheme: https", ":authority: a.test", ":path: /", "te: trailers", "content-length: 9"]);
        Decode(head, new RequestBlockOptions { BodyLength = BodyLength.Unknown }).ShouldNotContain("content-length: 9");
        Decode(head, default).ShouldContain("content-length: 0");
        Decode(Make("GET /", "Host: a.test"), default).ShouldNotContain("content-length: 0");
    }

    [Fact]
    public void An_Upgrade_becomes_an_extended_CONNECT_without_a_key()
    {
        RequestHead head = Make(
            "GET /chat?x", "Host: a.test", "Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Key: k", "Sec-WebSocket-Version: 13");
        Decode(head, new RequestBlockOptions { IsTunnel = true }).ShouldBe(
            [":method: CONNECT", ":protocol: websocket", ":scheme: http", ":authority: a.test", ":path: /chat?x", "sec-websocket-version: 13"]);
    }

    [Theory]
    [InlineData("Authorization: Basic x")]
    [InlineData("Cookie: a=b")]
    [InlineData("Proxy-Authorization: Basic x")]
    public void Secrets_are_never_indexed(string line)
    {
        HpackEncoder encoder = new();
        byte[] target = new byte[1_000];
        RequestHead head = Make("GET /", "Host: a.test", line);
        int first = RequestBlockWriter.Write(encoder, head, default, target);

        // RFC 7541 section 6.2.3: 0001 before the name's index.
        target.AsSpan(0, first).ToArray().ShouldContain(octet => (octet & 0xF0) == 0x10);
        int second = RequestBlockWriter.Write(encoder, head, default, target);
        string value = line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..];
        Encoding.Latin1.GetString(target, 0, second).ShouldContain(value);
    }

    [Fact]
    public void The_bound_holds_for_heads_of_every_size()
    {
        Random random = new(17);
        for (int i = 0; i < 300; i++)
        {
            string[] lines = [.. Enumerable.Range(0, random.Next(40)).Select(n => $"X-{new string('n', random.Next(60))}{n}: {new string('v', random.Next(80))}")];
            RequestHead head = Make(
                $"GET /{new string('p', random.Next(300))}?{new string('q', random.Next(300))}", ["Host: a.test", .. lines]);
            byte[] target = new byte[RequestBlockWriter.MostOctets(head)];
            RequestBlockOptions options = new() { SendTeTrailers = true, BodyLength = BodyLength.Of(long.MaxValue) };
            RequestBlockWriter.Write(new HpackEncoder(), head, options, target).ShouldBeLessThanOrEqualTo(
                target.Length, $"seed 17, round {i}");
            long list = Decode(head, default).Sum(line => line.Length - 2 + 32);
            RequestBlockWriter.ListOctets(head).ShouldBeInRange(list - 40, list + 40);
        }
    }

    private static RequestHead Make(string asked, params string[] lines)
    {
        string text = $"{asked} HTTP/1.1\r\n{string.Join("\r\n", lines)}\r\n\r\n";
        RequestHead head = new();
        int scanned = 0;
        RequestHeadParser.Parse(
            Encoding.Latin1.GetBytes(text), ref scanned, head, new HeadLimits(64 * 1024, 256, 16 * 1024), out _, out _, out RejectReason reason)
            .ShouldBe(ParseStatus.Complete, reason.ToString());
        return head;
    }

    private static List<string> Decode(RequestHead head, RequestBlockOptions options)
    {
        byte[] target = new byte[RequestBlockWriter.MostOctets(head)];
        int length = RequestBlockWriter.Write(new HpackEncoder(), head, options, target);
        Lines lines = new();
        new HpackDecoder().Decode(target.AsSpan(0, length), new byte[HpackDecoder.ScratchOctets(length)], lines).ShouldBe(HpackStatus.Done);
        return lines.All;
    }

    private sealed class Lines : FieldTarget
    {
        public List<string> All { get; } = [];

        public override void Take(in HpackField field) =>
            All.Add($"{Encoding.Latin1.GetString(field.Name)}: {Encoding.Latin1.GetString(field.Value)}");
    }
}
