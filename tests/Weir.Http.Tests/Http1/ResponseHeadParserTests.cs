using Weir.Abstractions.Heads;
using Weir.Http.Http1;

namespace Weir.Http.Tests.Http1;

public sealed class ResponseHeadParserTests
{
    [Theory]
    [InlineData("HTTP/1.1 200 OK", 200)]
    [InlineData("HTTP/1.1 200 ", 200)]
    [InlineData("HTTP/1.1 200", 200)]
    [InlineData("HTTP/1.0 404 Not Found", 404)]
    [InlineData("HTTP/1.1 299 some \t words \u00e4", 299)]
    [InlineData("HTTP/1.1 100 Continue", 100)]
    [InlineData("HTTP/1.1 999 x", 999)]
    [InlineData("HTTP/1.1 200  two spaces", 200)]
    public void A_status_line_is_read(string line, int status)
    {
        ParsedResponse response = ParsedResponse.From(line + "\r\nX: 1\r\n\r\n");
        response.Status.ShouldBe(ParseStatus.Complete, response.Digest);
        response.Head.Status.ShouldBe(status);
    }

    [Theory]
    [InlineData("", RejectReason.BadStatusLine)]
    [InlineData("OK", RejectReason.BadStatusLine)]
    [InlineData("HTTP/1.1", RejectReason.BadStatusLine)]
    [InlineData("HTTP/1.1 20", RejectReason.BadStatusLine)]
    [InlineData("HTTP/1.1  200 OK", RejectReason.BadStatusLine)]
    [InlineData("HTTP/1.1\t200 OK", RejectReason.BadStatusLine)]
    [InlineData("HTTP/1.1 2000 OK", RejectReason.BadStatusLine)]
    [InlineData("HTTP/1.1 200OK", RejectReason.BadStatusLine)]
    [InlineData("HTTP/1.1 200\tOK", RejectReason.BadStatusLine)]
    [InlineData("HTTP/1.1 099 OK", RejectReason.BadStatusCode)]
    [InlineData("HTTP/1.1 000 OK", RejectReason.BadStatusCode)]
    [InlineData("HTTP/1.1 2x0 OK", RejectReason.BadStatusCode)]
    [InlineData("HTTP/1.1 +20 OK", RejectReason.BadStatusCode)]
    [InlineData("HTTP/1.1 -20 OK", RejectReason.BadStatusCode)]
    [InlineData("HTTP/1.1 20  OK", RejectReason.BadStatusCode)]
    [InlineData(" HTTP/1.1 200 OK", RejectReason.BadStatusLine)]
    [InlineData("http/1.1 200 OK", RejectReason.BadStatusLine)]
    [InlineData("HTTP/1.2 200 OK", RejectReason.BadStatusLine)]
    [InlineData("HTTP/2.0 200 OK", RejectReason.BadStatusLine)]
    [InlineData("HTTP/0.9 200 OK", RejectReason.BadStatusLine)]
    [InlineData("HTTP/1.10 200 OK", RejectReason.BadStatusLine)]
    [InlineData("ICY 200 OK", RejectReason.BadStatusLine)]
    [InlineData("<html>hello world</html>", RejectReason.BadStatusLine)]
    [InlineData("HTTP/1.1 200 O\0K", RejectReason.ControlOctet)]
    [InlineData("HTTP/1.1 200 O\rK", RejectReason.BareCarriageReturn)]
    [InlineData("HTTP/1.1 200 OK\n", RejectReason.BareLineFeed)]
    public void A_faulty_status_line_is_refused(string line, RejectReason reason) =>
        ParsedResponse.From(line + "\r\nX: 1\r\n\r\n").Reason.ShouldBe(reason);

    [Theory]
    [InlineData("X: 1\r\n 2", RejectReason.LineFolding)]
    [InlineData(" X: 1", RejectReason.LineFolding)]
    [InlineData("X : 1", RejectReason.SpaceBeforeColon)]
    [InlineData(": 1", RejectReason.EmptyFieldName)]
    [InlineData("X", RejectReason.MissingColon)]
    [InlineData("X Y: 1", RejectReason.BadFieldName)]
    [InlineData("X: \0", RejectReason.ControlOctet)]
    [InlineData("X: 1\nY: 2", RejectReason.BareLineFeed)]
    [InlineData("X: 1\rY: 2", RejectReason.BareCarriageReturn)]
    [InlineData("Content-Length: x", RejectReason.BadContentLength)]
    [InlineData("Content-Length: -5", RejectReason.BadContentLength)]
    [InlineData("Content-Length: 5\r\nContent-Length: 6", RejectReason.ConflictingContentLengths)]
    [InlineData("Content-Length: 5, 6", RejectReason.ConflictingContentLengths)]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked", RejectReason.BothLengths)]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", RejectReason.RepeatedTransferEncoding)]
    [InlineData("Transfer-Encoding: chunked, chunked", RejectReason.BadTransferEncoding)]
    [InlineData("Transfer-Encoding: xchunked", RejectReason.BadTransferEncoding)]
    [InlineData("Transfer-Encoding: gzip", RejectReason.BadTransferEncoding)]
    [InlineData("Transfer-Encoding:", RejectReason.BadTransferEncoding)]
    [InlineData("Transfer-Encoding: gzip, chunked", RejectReason.UnknownTransferCoding)]
    public void A_faulty_response_is_refused(string fields, RejectReason reason)
    {
        ParsedResponse.From($"HTTP/1.1 200 OK\r\n{fields}\r\n\r\n").Reason.ShouldBe(reason);
        ParsedResponse.From($"HTTP/1.1 200 OK\r\n{fields}\r\n\r\n", RequestMethod.Head).Reason.ShouldBe(reason);
        ParsedResponse.From($"HTTP/1.1 204 No Content\r\n{fields}\r\n\r\n").Reason.ShouldBe(reason);
    }

    [Fact]
    public void Http_10_has_no_transfer_codings() =>
        ParsedResponse.From("HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").Reason.ShouldBe(RejectReason.TransferEncodingInHttp10);

    [Theory]
    [InlineData("200", "", RequestMethod.Get, -2)]
    [InlineData("200", "Content-Length: 5", RequestMethod.Get, 5)]
    [InlineData("200", "Content-Length: 5, 5", RequestMethod.Get, 5)]
    [InlineData("200", "Content-Length: 0", RequestMethod.Get, 0)]
    [InlineData("200", "Transfer-Encoding: Chunked", RequestMethod.Get, -1)]
    [InlineData("200", "Content-Length: 5", RequestMethod.Head, 0)]
    [InlineData("200", "Transfer-Encoding: chunked", RequestMethod.Head, 0)]
    [InlineData("200", "", RequestMethod.Head, 0)]
    [InlineData("204", "", RequestMethod.Get, 0)]
    [InlineData("204", "Content-Length: 5", RequestMethod.Get, 0)]
    [InlineData("304", "Content-Length: 5", RequestMethod.Get, 0)]
    [InlineData("304", "Transfer-Encoding: chunked", RequestMethod.Get, 0)]
    [InlineData("205", "", RequestMethod.Get, -2)]
    [InlineData("100", "", RequestMethod.Post, 0)]
    [InlineData("100", "Content-Length: 0", RequestMethod.Post, 0)]
    [InlineData("101", "Upgrade: x", RequestMethod.Get, 0)]
    [InlineData("103", "Link: x", RequestMethod.Get, 0)]
    [InlineData("200", "Content-Length: 5", RequestMethod.Connect, 0)]
    [InlineData("200", "", RequestMethod.Connect, 0)]
    [InlineData("407", "Content-Length: 5", RequestMethod.Connect, 5)]
    public void The_length_depends_on_status_and_method(string status, string fields, RequestMethod method, long octets)
    {
        ParsedResponse response = ParsedResponse.From($"HTTP/1.1 {status} x\r\n{fields}{(fields.Length > 0 ? "\r\n" : "")}\r\n", method);
        response.Status.ShouldBe(ParseStatus.Complete, response.Digest);
        response.Head.BodyLength.Octets.ShouldBe(octets);
        response.Framing.BodyLength.ShouldBe(response.Head.BodyLength);
    }

    [Theory]
    [InlineData("HTTP/1.1 100 Continue", "Content-Length: 5")]
    [InlineData("HTTP/1.1 103 Early Hints", "Transfer-Encoding: chunked")]
    [InlineData("HTTP/1.1 101 Switching Protocols", "Transfer-Encoding: chunked")]
    public void An_interim_response_with_content_is_refused(string line, string fields) =>
        ParsedResponse.From($"{line}\r\n{fields}\r\n\r\n").Reason.ShouldBe(RejectReason.ContentInInterim);

    [Theory]
    [InlineData("HTTP/1.1 200 OK", "Content-Length: 5", true, -1)]
    [InlineData("HTTP/1.1 200 OK", "Content-Length: 5\r\nConnection: close", false, -1)]
    [InlineData("HTTP/1.1 200 OK", "Content-Length: 5\r\nConnection: Foo, CLOSE", false, -1)]
    [InlineData("HTTP/1.1 200 OK", "X: no length", false, -1)]
    [InlineData("HTTP/1.0 200 OK", "Content-Length: 5", false, -1)]
    [InlineData("HTTP/1.0 200 OK", "Content-Length: 5\r\nConnection: keep-alive", true, -1)]
    [InlineData("HTTP/1.1 200 OK", "Content-Length: 5\r\nKeep-Alive: timeout=5, max=100", true, 5)]
    [InlineData("HTTP/1.1 200 OK", "Content-Length: 5\r\nKeep-Alive: max=100, Timeout = 7", true, 7)]
    [InlineData("HTTP/1.1 200 OK", "Content-Length: 5\r\nKeep-Alive: timeout=x", true, -1)]
    [InlineData("HTTP/1.1 200 OK", "Content-Length: 5\r\nKeep-Alive: timeout=999999999999", true, 86400)]
    [InlineData("HTTP/1.1 204 No Content", "X: 1", true, -1)]
    [InlineData("HTTP/1.1 204 No Content", "Content-Length: 0", true, -1)]
    [InlineData("HTTP/1.1 204 No Content", "Content-Length: 5", false, -1)]
    [InlineData("HTTP/1.1 204 No Content", "Transfer-Encoding: chunked", false, -1)]
    [InlineData("HTTP/1.1 304 Not Modified", "Content-Length: 5", true, -1)]
    [InlineData("HTTP/1.1 100 Continue", "X: 1", true, -1)]
    [InlineData("HTTP/1.1 101 Switching Protocols", "Upgrade: x", false, -1)]
    public void The_connection_lasts_when_nothing_speaks_against_it(string line, string fields, bool isPersistent, int timeoutSeconds)
    {
        ParsedResponse response = ParsedResponse.From($"{line}\r\n{fields}\r\n\r\n");
        response.Framing.IsPersistent.ShouldBe(isPersistent);
        response.Framing.KeepAliveTimeoutSeconds.ShouldBe(timeoutSeconds);
    }

    [Fact]
    public void A_head_over_its_limits_is_refused()
    {
        const string Text = "HTTP/1.1 200 OK\r\nA: 1\r\nB: 2\r\n\r\n";
        ParsedResponse.From(Text, limits: new HeadLimits(Text.Length, 2, 0)).Status.ShouldBe(ParseStatus.Complete);
        ParsedResponse.From(Text, limits: new HeadLimits(Text.Length - 1, 2, 0)).Reason.ShouldBe(RejectReason.HeadTooLarge);
        ParsedResponse.From(Text, limits: new HeadLimits(Text.Length, 1, 0)).Reason.ShouldBe(RejectReason.TooManyFields);
    }
}
