using System.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Http1;

namespace Weir.Http.Tests.Http1;

public sealed class RequestFieldTests
{
    private static ParsedRequest Parse(string fields, string line = "GET / HTTP/1.1") => ParsedRequest.From($"{line}\r\n{fields}\r\n\r\n");

    [Theory]
    [InlineData("Host: a\r\nX:1", "1")]
    [InlineData("Host: a\r\nX: 1", "1")]
    [InlineData("Host: a\r\nX: \t 1 \t ", "1")]
    [InlineData("Host: a\r\nX:", "")]
    [InlineData("Host: a\r\nX: \t", "")]
    [InlineData("Host: a\r\nX: a b\tc", "a b\tc")]
    [InlineData("Host: a\r\nX: \u00e4\u00ff\u0080", "\u00e4\u00ff\u0080")]
    [InlineData("Host: a\r\nX: :", ":")]
    [InlineData("Host: a\r\nx: \"q,\\\"\"", "\"q,\\\"\"")]
    [InlineData("X: 1\r\nHost: a", "1")]
    public void A_field_is_read_without_the_white_space_around_its_value(string fields, string value)
    {
        ParsedRequest request = Parse(fields);
        request.Status.ShouldBe(ParseStatus.Complete, request.Digest);
        request.Head.Fields.GetText("x"u8).ShouldBe(value);
    }

    [Theory]
    [InlineData("Host: a\r\nX : 1", RejectReason.SpaceBeforeColon)]
    [InlineData("Host: a\r\nX\t: 1", RejectReason.SpaceBeforeColon)]
    [InlineData("Host : a", RejectReason.SpaceBeforeColon)]
    [InlineData("Host: a\r\nContent-Length : 5", RejectReason.SpaceBeforeColon)]
    [InlineData("Host: a\r\nTransfer-Encoding \t : chunked", RejectReason.SpaceBeforeColon)]
    [InlineData("Host: a\r\n: 1", RejectReason.EmptyFieldName)]
    [InlineData(": a", RejectReason.EmptyFieldName)]
    [InlineData("Host: a\r\n:", RejectReason.EmptyFieldName)]
    [InlineData("Host: a\r\nX", RejectReason.MissingColon)]
    [InlineData("Host: a\r\nX 1", RejectReason.MissingColon)]
    [InlineData("Host: a\r\nX Y: 1", RejectReason.BadFieldName)]
    [InlineData("Host: a\r\nX(: 1", RejectReason.BadFieldName)]
    [InlineData("Host: a\r\nX/Y: 1", RejectReason.BadFieldName)]
    [InlineData("Host: a\r\nX\"Y: 1", RejectReason.BadFieldName)]
    [InlineData("Host: a\r\n{X}: 1", RejectReason.BadFieldName)]
    [InlineData("Host: a\r\nX\u00e4: 1", RejectReason.BadFieldName)]
    [InlineData("Host: a\r\nX,Y: 1", RejectReason.BadFieldName)]
    [InlineData("Host: a\r\nX;Y: 1", RejectReason.BadFieldName)]
    [InlineData("Host: a\r\nX=Y: 1", RejectReason.BadFieldName)]
    [InlineData("Host: a\r\nX@Y: 1", RejectReason.BadFieldName)]
    [InlineData("Host: a\r\n[X]: 1", RejectReason.BadFieldName)]
    [InlineData("Host: a\r\nX\\: 1", RejectReason.BadFieldName)]
    [InlineData("Host: a\r\n X: 1", RejectReason.LineFolding)]
    [InlineData("Host: a\r\nX: 1\r\n 2", RejectReason.LineFolding)]
    [InlineData("Host: a\r\nX: 1\r\n\t2", RejectReason.LineFolding)]
    [InlineData(" Host: a", RejectReason.LineFolding)]
    [InlineData("\tX: 1\r\nHost: a", RejectReason.LineFolding)]
    [InlineData(" \r\nHost: a", RejectReason.LineFolding)]
    [InlineData("Host: a\r\nTransfer-Encoding:\r\n chunked", RejectReason.LineFolding)]
    [InlineData("Host: a\r\nX: 1\n", RejectReason.BareLineFeed)]
    [InlineData("Host: a\nX: 1", RejectReason.BareLineFeed)]
    [InlineData("Host: a\r\nX: 1\n\nGET / HTTP/1.1", RejectReason.BareLineFeed)]
    [InlineData("Host: a\r\n\nX: 1", RejectReason.BareLineFeed)]
    [InlineData("Host: a\r\nX: a\rb", RejectReason.BareCarriageReturn)]
    [InlineData("Host: a\r\nX: a\r", RejectReason.BareCarriageReturn)]
    [InlineData("Host: a\r\n\rX: 1", RejectReason.BareCarriageReturn)]
    [InlineData("Host: a\r\nX: a\0b", RejectReason.ControlOctet)]
    [InlineData("Host: a\r\nX\0: b", RejectReason.ControlOctet)]
    [InlineData("Host: a\r\n\0X: b", RejectReason.ControlOctet)]
    [InlineData("Host: a\r\nX: \u0001", RejectReason.ControlOctet)]
    [InlineData("Host: a\r\nX: a\u000bb", RejectReason.ControlOctet)]
    [InlineData("Host: a\r\nX: a\u000cb", RejectReason.ControlOctet)]
    [InlineData("Host: a\r\nX: a\u001bb", RejectReason.ControlOctet)]
    [InlineData("Host: a\r\nX: a\u007fb", RejectReason.ControlOctet)]
    [InlineData("Host: a\r\nTransfer-Encoding: \u000bchunked", RejectReason.ControlOctet)]
    [InlineData("Host: a\r\nX: a\0b\r\nBad Name: 1", RejectReason.ControlOctet)]
    [InlineData("Host: a\r\nBad Name: 1\r\nX: a\0b", RejectReason.BadFieldName)]
    public void A_faulty_field_line_is_refused(string fields, RejectReason reason)
    {
        Parse(fields).Reason.ShouldBe(reason);
        RejectReasons.Status(reason).ShouldBe(400);
    }

    [Fact]
    public void Every_octet_of_a_name_is_judged_as_a_token()
    {
        for (int octet = 0; octet < 256; octet++)
        {
            for (int length = 0; length < 40; length += 3)
            {
                string name = new string('a', length) + (char)octet + "b";
                bool isToken = FieldSyntax.IsToken(Encoding.Latin1.GetBytes(name));
                bool isAccepted = ParsedRequest.Whole(
                    Encoding.Latin1.GetBytes($"GET / HTTP/1.1\r\nHost: a\r\n{name}: 1\r\n\r\n"), HeadLimits.Default)
                    .Status == ParseStatus.Complete;

                // A colon ends the name: "a" + ":" + "b: 1" is a field "a".
                isAccepted.ShouldBe(isToken || (octet == ':' && length > 0), $"octet {octet} at {length}");
            }
        }
    }

    [Fact]
    public void Every_octet_of_a_value_is_judged()
    {
        for (int octet = 0; octet < 256; octet++)
        {
            for (int length = 0; length < 80; length += 7)
            {
                string text = $"GET / HTTP/1.1\r\nHost: a\r\nX: {new string('v', length)}{(char)octet}w\r\n\r\n";
                bool isAccepted = ParsedRequest.Whole(Encoding.Latin1.GetBytes(text), HeadLimits.Default).Status == ParseStatus.Complete;
                isAccepted.ShouldBe(octet == '\t' || (octet >= 0x20 && octet != 0x7F), $"octet {octet} at {length}");
            }
        }
    }

    [Theory]
    [InlineData("Content_Length: 5")]
    [InlineData("content_length: 5")]
    [InlineData("Transfer_Encoding: chunked")]
    [InlineData("X_Forwarded_For: 1.2.3.4")]
    [InlineData("X-Forwarded_For: 1.2.3.4")]
    [InlineData("X_FORWARDED_PROTO: https")]
    [InlineData("Client_Cert: x")]
    public void A_name_that_imitates_a_known_one_with_underscores_is_dropped(string field)
    {
        ParsedRequest request = Parse("Host: a\r\n" + field + "\r\nX_Y: 1");
        request.Status.ShouldBe(ParseStatus.Complete);
        request.Head.Fields.Count.ShouldBe(2);
        request.Head.Fields.GetText("x_y"u8).ShouldBe("1");
        request.Head.BodyLength.IsNone.ShouldBeTrue();
    }

    [Theory]
    [InlineData("a", "a", "a", 0)]
    [InlineData("A.Example", "a.example", "a.example", 0)]
    [InlineData("a:8080", "a:8080", "a", 8080)]
    [InlineData("a:", "a", "a", 0)]
    [InlineData("a.example.", "a.example.", "a.example", 0)]
    [InlineData("a.example.:80", "a.example.:80", "a.example", 80)]
    [InlineData("127.0.0.1:65535", "127.0.0.1:65535", "127.0.0.1", 65535)]
    [InlineData("[::1]", "[::1]", "[::1]", 0)]
    [InlineData("[0:0::1]", "[::1]", "[::1]", 0)]
    [InlineData("[0::0]:80", "[::]:80", "[::]", 80)]
    [InlineData("[2001:0DB8:0:0:1:0:0:1]:8", "[2001:db8::1:0:0:1]:8", "[2001:db8::1:0:0:1]", 8)]
    [InlineData("[::ffff:102:304]:", "[::ffff:1.2.3.4]", "[::ffff:1.2.3.4]", 0)]
    [InlineData("[1:2:3:4:5:6:7.8.9.10]", "[1:2:3:4:5:6:708:90a]", "[1:2:3:4:5:6:708:90a]", 0)]
    [InlineData("[::FFFF:1.2.3.4]:443", "[::ffff:1.2.3.4]:443", "[::ffff:1.2.3.4]", 443)]
    [InlineData("[1:2:3:4:5:6:7:8]", "[1:2:3:4:5:6:7:8]", "[1:2:3:4:5:6:7:8]", 0)]
    [InlineData("a_b.example", "a_b.example", "a_b.example", 0)]
    [InlineData("xn--bcher-kva.example", "xn--bcher-kva.example", "xn--bcher-kva.example", 0)]
    [InlineData("a!$&'()*+;=~", "a!$&'()*+;=~", "a!$&'()*+;=~", 0)]
    public void A_host_is_read_in_lower_case(string value, string authority, string host, int port)
    {
        ParsedRequest request = Parse("Host: " + value);
        request.Status.ShouldBe(ParseStatus.Complete, request.Digest);
        Encoding.Latin1.GetString(request.Head.Authority).ShouldBe(authority);
        request.Head.HostText.ShouldBe(host);
        request.Head.Port.ShouldBe(port);
    }

    [Theory]
    [InlineData("a b")]
    [InlineData("a,b")]
    [InlineData("a, b")]
    [InlineData("u@a")]
    [InlineData("u:p@a")]
    [InlineData("a/b")]
    [InlineData("/")]
    [InlineData("http://a")]
    [InlineData("a?b")]
    [InlineData("a#b")]
    [InlineData("a\\b")]
    [InlineData("a%41")]
    [InlineData("a%zz")]
    [InlineData("a%00")]
    [InlineData("a\u00e4")]
    [InlineData("\"a\"")]
    [InlineData("a<b>")]
    [InlineData("a^b")]
    [InlineData("a{b}")]
    [InlineData("a|b")]
    [InlineData("a\tb")]
    [InlineData(":80")]
    [InlineData(":")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("a..")]
    [InlineData("a:0")]
    [InlineData("a:65536")]
    [InlineData("a:99999")]
    [InlineData("a:100000")]
    [InlineData("a:000080")]
    [InlineData("a:00080")]
    [InlineData("a:080")]
    [InlineData("[::1]:08")]
    [InlineData("a:8o")]
    [InlineData("a:+80")]
    [InlineData("a:-1")]
    [InlineData("a: 80")]
    [InlineData("a:80:80")]
    [InlineData("a:80,b")]
    [InlineData("::1")]
    [InlineData("[]")]
    [InlineData("[::1")]
    [InlineData("::1]")]
    [InlineData("[::1]x")]
    [InlineData("[::1]:x")]
    [InlineData("[::1%eth0]")]
    [InlineData("[::1%25eth0]")]
    [InlineData("[v1.a]")]
    [InlineData("[1.2.3.4]")]
    [InlineData("[1:2:3]")]
    [InlineData("[1:2:3:4:5:6:7:8:9]")]
    [InlineData("[1::2::3]")]
    [InlineData("[12345::]")]
    [InlineData("[::1.2.3.256]")]
    [InlineData("[::1.2.3]")]
    [InlineData("[1:2:3:4:5:6:7::8]x")]
    [InlineData("[a.example]")]
    [InlineData("x[::1]")]
    public void A_faulty_host_is_refused(string value) => Parse("Host: " + value).Reason.ShouldBe(RejectReason.BadHost);

    [Theory]
    [InlineData("GET / HTTP/1.1", "X: 1", RejectReason.MissingHost)]
    [InlineData("GET http://a/ HTTP/1.1", "X: 1", RejectReason.MissingHost)]
    [InlineData("CONNECT a:1 HTTP/1.1", "X: 1", RejectReason.MissingHost)]
    [InlineData("GET / HTTP/1.1", "Host: a\r\nHost: a", RejectReason.RepeatedHost)]
    [InlineData("GET / HTTP/1.1", "Host: a\r\nhost: b", RejectReason.RepeatedHost)]
    [InlineData("GET / HTTP/1.0", "Host: a\r\nHost: b", RejectReason.RepeatedHost)]
    [InlineData("GET http://a/ HTTP/1.1", "Host: a\r\nHost: a", RejectReason.RepeatedHost)]
    [InlineData("GET / HTTP/1.1", "Host:", RejectReason.EmptyHost)]
    [InlineData("GET / HTTP/1.0", "Host:", RejectReason.EmptyHost)]
    [InlineData("OPTIONS * HTTP/1.1", "Host: ", RejectReason.EmptyHost)]
    [InlineData("GET http://a/ HTTP/1.1", "Host: b c", RejectReason.BadHost)]
    public void Host_is_there_exactly_once(string line, string fields, RejectReason reason) => Parse(fields, line).Reason.ShouldBe(reason);

    [Theory]
    [InlineData("GET / HTTP/1.0", "X: 1", "")]
    [InlineData("GET http://a/ HTTP/1.0", "X: 1", "a")]
    [InlineData("GET http://a/ HTTP/1.1", "Host:", "a")]
    public void Some_requests_need_no_host(string line, string fields, string host)
    {
        ParsedRequest request = Parse(fields, line);
        request.Status.ShouldBe(ParseStatus.Complete, request.Digest);
        request.Head.HostText.ShouldBe(host);
    }
}
