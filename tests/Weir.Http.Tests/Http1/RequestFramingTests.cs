using Weir.Abstractions.Heads;
using Weir.Http.Http1;

namespace Weir.Http.Tests.Http1;

public sealed class RequestFramingTests
{
    private static ParsedRequest Parse(string fields, string line = "POST / HTTP/1.1") =>
        ParsedRequest.From($"{line}\r\nHost: a\r\n{fields}{(fields.Length > 0 ? "\r\n" : "")}\r\n");

    [Theory]
    [InlineData("", 0)]
    [InlineData("Content-Length: 0", 0)]
    [InlineData("Content-Length: 5", 5)]
    [InlineData("Content-Length:5", 5)]
    [InlineData("content-length: 007", 7)]
    [InlineData("Content-Length: 9223372036854775807", long.MaxValue)]
    [InlineData("Content-Length: 5\r\nContent-Length: 5", 5)]
    [InlineData("Content-Length: 5, 5", 5)]
    [InlineData("Content-Length: 5,5 ,\t5", 5)]
    [InlineData("Content-Length: 5, 5\r\nX: 1\r\ncontent-length: 5", 5)]
    [InlineData("Transfer-Encoding: chunked", -1)]
    [InlineData("transfer-encoding:CHUNKED", -1)]
    [InlineData("Transfer-Encoding: \t chunked \t", -1)]
    public void The_length_is_read(string fields, long octets)
    {
        ParsedRequest request = Parse(fields);
        request.Status.ShouldBe(ParseStatus.Complete, request.Digest);
        request.Head.BodyLength.Octets.ShouldBe(octets);
        request.Framing.BodyLength.ShouldBe(request.Head.BodyLength);
        if (octets > 0)
        {
            request.Head.Fields.Find(KnownField.ContentLength, request.Head.Fields.Find(KnownField.ContentLength) + 1).ShouldBe(-1);
        }
    }

    [Theory]
    [InlineData("Content-Length:", RejectReason.BadContentLength)]
    [InlineData("Content-Length: -1", RejectReason.BadContentLength)]
    [InlineData("Content-Length: +1", RejectReason.BadContentLength)]
    [InlineData("Content-Length: 1.0", RejectReason.BadContentLength)]
    [InlineData("Content-Length: 1e1", RejectReason.BadContentLength)]
    [InlineData("Content-Length: 0x5", RejectReason.BadContentLength)]
    [InlineData("Content-Length: 5 5", RejectReason.BadContentLength)]
    [InlineData("Content-Length: 5x", RejectReason.BadContentLength)]
    [InlineData("Content-Length: 5;", RejectReason.BadContentLength)]
    [InlineData("Content-Length: \"5\"", RejectReason.BadContentLength)]
    [InlineData("Content-Length: 1_0", RejectReason.BadContentLength)]
    [InlineData("Content-Length: 5,", RejectReason.BadContentLength)]
    [InlineData("Content-Length: ,5", RejectReason.BadContentLength)]
    [InlineData("Content-Length: 5,,5", RejectReason.BadContentLength)]
    [InlineData("Content-Length: ,", RejectReason.BadContentLength)]
    [InlineData("Content-Length: 9223372036854775808", RejectReason.BadContentLength)]
    [InlineData("Content-Length: 18446744073709551616", RejectReason.BadContentLength)]
    [InlineData("Content-Length: 99999999999999999999999", RejectReason.BadContentLength)]
    [InlineData("Content-Length: \u00b2", RejectReason.BadContentLength)]
    [InlineData("Content-Length: 5\r\nContent-Length:", RejectReason.BadContentLength)]
    [InlineData("Content-Length: 5\r\nContent-Length: 6", RejectReason.ConflictingContentLengths)]
    [InlineData("Content-Length: 5, 6", RejectReason.ConflictingContentLengths)]
    [InlineData("Content-Length: 0\r\nContent-Length: 5", RejectReason.ConflictingContentLengths)]
    [InlineData("Content-Length: 5\r\nTransfer-Encoding: chunked", RejectReason.BothLengths)]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 0", RejectReason.BothLengths)]
    [InlineData("Transfer-Encoding: gzip\r\nContent-Length: 5", RejectReason.BothLengths)]
    [InlineData("Transfer-Encoding:\r\nContent-Length: 5", RejectReason.BothLengths)]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", RejectReason.RepeatedTransferEncoding)]
    [InlineData("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked", RejectReason.RepeatedTransferEncoding)]
    [InlineData("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", RejectReason.RepeatedTransferEncoding)]
    [InlineData("Transfer-Encoding:", RejectReason.BadTransferEncoding)]
    [InlineData("Transfer-Encoding: ,", RejectReason.BadTransferEncoding)]
    [InlineData("Transfer-Encoding: chunked,", RejectReason.BadTransferEncoding)]
    [InlineData("Transfer-Encoding: ,chunked", RejectReason.BadTransferEncoding)]
    [InlineData("Transfer-Encoding: chunked, chunked", RejectReason.BadTransferEncoding)]
    [InlineData("Transfer-Encoding: chunked, gzip", RejectReason.BadTransferEncoding)]
    [InlineData("Transfer-Encoding: chunked, identity", RejectReason.BadTransferEncoding)]
    [InlineData("Transfer-Encoding: chunked;x=y", RejectReason.BadTransferEncoding)]
    [InlineData("Transfer-Encoding: chunked;", RejectReason.BadTransferEncoding)]
    [InlineData("Transfer-Encoding: \"chunked\"", RejectReason.BadTransferEncoding)]
    [InlineData("Transfer-Encoding: 'chunked'", RejectReason.BadTransferEncoding)]
    [InlineData("Transfer-Encoding: xchunked", RejectReason.BadTransferEncoding)]
    [InlineData("Transfer-Encoding: chunkedx", RejectReason.BadTransferEncoding)]
    [InlineData("Transfer-Encoding: chun\u00adked", RejectReason.BadTransferEncoding)]
    [InlineData("Transfer-Encoding: chunked chunked", RejectReason.BadTransferEncoding)]
    [InlineData("Transfer-Encoding: identity", RejectReason.BadTransferEncoding)]
    [InlineData("Transfer-Encoding: gzip", RejectReason.BadTransferEncoding)]
    [InlineData("Transfer-Encoding: chunked\u00a0", RejectReason.BadTransferEncoding)]
    [InlineData("Transfer-Encoding: gzip, chunked", RejectReason.UnknownTransferCoding)]
    [InlineData("Transfer-Encoding: identity, chunked", RejectReason.UnknownTransferCoding)]
    public void Doubtful_framing_is_refused(string fields, RejectReason reason)
    {
        Parse(fields).Reason.ShouldBe(reason);
        Parse(fields, "GET / HTTP/1.1").Reason.ShouldBe(reason);
        RejectReasons.Status(reason).ShouldBe(reason == RejectReason.UnknownTransferCoding ? 501 : 400);
    }

    [Theory]
    [InlineData("Transfer-Encoding: chunked")]
    [InlineData("Transfer-Encoding: gzip")]
    [InlineData("Transfer-Encoding: chunked\r\nContent-Length: 5")]
    public void Http_10_has_no_transfer_codings(string fields) =>
        Parse(fields, "POST / HTTP/1.0").Reason.ShouldBe(RejectReason.TransferEncodingInHttp10);

    [Theory]
    [InlineData("CONNECT a:1 HTTP/1.1", "Content-Length: 5", RejectReason.ContentInConnect)]
    [InlineData("CONNECT a:1 HTTP/1.1", "Transfer-Encoding: chunked", RejectReason.ContentInConnect)]
    [InlineData("TRACE / HTTP/1.1", "Content-Length: 5", RejectReason.ContentInTrace)]
    [InlineData("TRACE / HTTP/1.1", "Transfer-Encoding: chunked", RejectReason.ContentInTrace)]
    public void Some_methods_have_no_content(string line, string fields, RejectReason reason) =>
        Parse(fields, line).Reason.ShouldBe(reason);

    [Theory]
    [InlineData("GET / HTTP/1.1")]
    [InlineData("HEAD / HTTP/1.1")]
    [InlineData("DELETE / HTTP/1.1")]
    [InlineData("OPTIONS * HTTP/1.1")]
    public void Other_methods_may_have_content(string line) => Parse("Content-Length: 5", line).Head.BodyLength.Octets.ShouldBe(5);

    [Theory]
    [InlineData("GET / HTTP/1.1", "", true)]
    [InlineData("GET / HTTP/1.1", "Connection: keep-alive", true)]
    [InlineData("GET / HTTP/1.1", "Connection: close", false)]
    [InlineData("GET / HTTP/1.1", "Connection: CLOSE", false)]
    [InlineData("GET / HTTP/1.1", "Connection: keep-alive, close", false)]
    [InlineData("GET / HTTP/1.1", "Connection: x,\tclose ", false)]
    [InlineData("GET / HTTP/1.1", "Connection: keep-alive\r\nConnection: close", false)]
    [InlineData("GET / HTTP/1.1", "Connection: closed", true)]
    [InlineData("GET / HTTP/1.1", "Proxy-Connection: close", true)]
    [InlineData("GET / HTTP/1.0", "", false)]
    [InlineData("GET / HTTP/1.0", "Connection: keep-alive", true)]
    [InlineData("GET / HTTP/1.0", "Connection: Keep-Alive, close", false)]
    [InlineData("GET / HTTP/1.0", "Proxy-Connection: keep-alive", false)]
    public void Persistence_follows_version_and_connection(string line, string fields, bool isPersistent) =>
        Parse(fields, line).Framing.IsPersistent.ShouldBe(isPersistent);

    [Theory]
    [InlineData("POST / HTTP/1.1", "Expect: 100-continue\r\nContent-Length: 5", true, false, true)]
    [InlineData("POST / HTTP/1.1", "Expect: 100-Continue\r\nTransfer-Encoding: chunked", true, false, true)]
    [InlineData("POST / HTTP/1.1", "Expect: 100-continue", false, false, false)]
    [InlineData("POST / HTTP/1.1", "Expect: 100-continue\r\nContent-Length: 0", false, false, false)]
    [InlineData("POST / HTTP/1.0", "Expect: 100-continue\r\nContent-Length: 5", false, false, false)]
    [InlineData("POST / HTTP/1.1", "Expect: 200-ok\r\nContent-Length: 5", false, true, true)]
    [InlineData("POST / HTTP/1.1", "Expect:\r\nContent-Length: 5", false, true, true)]
    [InlineData("POST / HTTP/1.1", "Expect: y 100-continue\r\nContent-Length: 5", false, true, true)]
    [InlineData("POST / HTTP/1.1", "Expect: 100-continue, x\r\nContent-Length: 5", false, true, true)]
    [InlineData("POST / HTTP/1.1", "Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 5", false, true, true)]
    [InlineData("POST / HTTP/1.1", "Content-Length: 5", false, false, false)]
    public void Only_100_continue_is_expected(string line, string fields, bool expectsContinue, bool isUnknown, bool keepsField)
    {
        ParsedRequest request = Parse(fields, line);
        request.Framing.ExpectsContinue.ShouldBe(expectsContinue);
        request.Framing.HasUnknownExpect.ShouldBe(isUnknown);
        request.Head.Fields.Has(KnownField.Expect).ShouldBe(keepsField);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1", "Connection: Upgrade\r\nUpgrade: websocket", true)]
    [InlineData("GET / HTTP/1.1", "Connection: keep-alive, upgrade\r\nUpgrade: websocket", true)]
    [InlineData("GET / HTTP/1.1", "Upgrade: websocket", false)]
    [InlineData("GET / HTTP/1.1", "Connection: upgrade", false)]
    [InlineData("GET / HTTP/1.0", "Connection: upgrade\r\nUpgrade: websocket", false)]
    public void An_upgrade_is_asked_for_by_two_fields(string line, string fields, bool hasUpgrade) =>
        Parse(fields, line).Framing.HasUpgrade.ShouldBe(hasUpgrade);

    [Theory]
    [InlineData("GET / HTTP/1.1", "TE: trailers", true)]
    [InlineData("GET / HTTP/1.1", "TE: gzip;q=0.5, Trailers", true)]
    [InlineData("GET / HTTP/1.1", "TE: gzip", false)]
    [InlineData("GET / HTTP/1.1", "TE: trailersx", false)]
    [InlineData("GET / HTTP/1.0", "TE: trailers", false)]
    public void Trailers_are_accepted_by_te(string line, string fields, bool accepts) =>
        Parse(fields, line).Framing.AcceptsTrailers.ShouldBe(accepts);
}
