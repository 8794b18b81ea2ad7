using System.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Http1;

namespace Weir.Http.Tests.Http1;

public sealed class HeadWriterTests
{
    private static string Write(RequestHead head, RequestWriteOptions options)
    {
        byte[] target = new byte[RequestHeadWriter.MaxOctets(head)];
        int length = RequestHeadWriter.Write(head, options, target);
        length.ShouldBeGreaterThan(0);
        for (int size = 0; size < length; size++)
        {
            RequestHeadWriter.Write(head, options, target.AsSpan(0, size)).ShouldBe(-1);
        }

        RequestHeadWriter.Write(head, options, target.AsSpan(0, length)).ShouldBe(length);
        return Encoding.Latin1.GetString(target, 0, length);
    }

    private static string Write(ResponseHead head, ResponseWriteOptions options)
    {
        byte[] target = new byte[ResponseHeadWriter.MaxOctets(head)];
        int length = ResponseHeadWriter.Write(head, options, target);
        length.ShouldBeGreaterThan(0);
        for (int size = 0; size < length; size++)
        {
            ResponseHeadWriter.Write(head, options, target.AsSpan(0, size)).ShouldBe(-1);
        }

        return Encoding.Latin1.GetString(target, 0, length);
    }

    [Fact]
    public void A_request_is_written_with_host_first_and_framing_last()
    {
        RequestHead head = ParsedRequest.From(
            "POST /a/../b?c HTTP/1.1\r\nA:1\r\nConnection: keep-alive\r\nKeep-Alive: x\r\nProxy-Connection: x\r\nTE: gzip\r\nTrailer: X\r\n"
            + "HTTP2-Settings: x\r\nUpgrade: h2c\r\nHost: Shop\r\nb: 2\r\nContent-Length: 5, 5\r\nC: 3\r\n\r\n").Head;
        Write(head, new RequestWriteOptions { BodyLength = head.BodyLength })
            .ShouldBe("POST /b?c HTTP/1.1\r\nHost: shop\r\nA: 1\r\nTrailer: X\r\nb: 2\r\nC: 3\r\nContent-Length: 5\r\n\r\n");
    }

    [Theory]
    [InlineData("GET", 0, "")]
    [InlineData("DELETE", 0, "")]
    [InlineData("POST", 0, "Content-Length: 0\r\n")]
    [InlineData("PUT", 0, "Content-Length: 0\r\n")]
    [InlineData("PATCH", 0, "Content-Length: 0\r\n")]
    [InlineData("QUERY", 0, "Content-Length: 0\r\n")]
    [InlineData("GET", 12345678901, "Content-Length: 12345678901\r\n")]
    [InlineData("GET", -1, "Transfer-Encoding: chunked\r\n")]
    public void A_request_says_its_length(string method, long octets, string framing)
    {
        RequestHead head = ParsedRequest.From($"{method} / HTTP/1.1\r\nHost: a\r\n\r\n").Head;
        Write(head, new RequestWriteOptions { BodyLength = octets < 0 ? BodyLength.Unknown : BodyLength.Of(octets) })
            .ShouldBe($"{method} / HTTP/1.1\r\nHost: a\r\n{framing}\r\n");
    }

    [Theory]
    [InlineData(false, false, false, false, "")]
    [InlineData(true, false, false, false, "Connection: close\r\n")]
    [InlineData(false, true, false, false, "Connection: upgrade\r\nUpgrade: websocket\r\n")]
    [InlineData(true, true, true, false, "Connection: close, upgrade, TE\r\nTE: trailers\r\nUpgrade: websocket\r\n")]
    [InlineData(false, false, true, false, "Connection: TE\r\nTE: trailers\r\n")]
    [InlineData(false, false, false, true, "Connection: keep-alive\r\n")]
    [InlineData(true, false, false, true, "Connection: close\r\n")]
    [InlineData(false, true, true, true, "Connection: keep-alive, upgrade, TE\r\nTE: trailers\r\nUpgrade: websocket\r\n")]
    public void A_request_says_what_holds_for_the_connection(bool close, bool upgrade, bool te, bool http10, string lines)
    {
        RequestHead head = ParsedRequest.From("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n").Head;
        RequestWriteOptions options = new() { Close = close, KeepUpgrade = upgrade, SendTeTrailers = te, Http10 = http10 };
        Write(head, options).ShouldBe($"GET / HTTP/1.{(http10 ? 0 : 1)}\r\nHost: a\r\n{lines}\r\n");
    }

    [Theory]
    [InlineData("GET /%7ea//../b?x#", "")]
    [InlineData("GET /%7ea/./b?x", "/%7ea/./b?x")]
    [InlineData("GET http://h/%7ea?x", "/%7ea?x")]
    [InlineData("GET http://h", "/")]
    [InlineData("GET http://h?x", "/?x")]
    [InlineData("OPTIONS *", "*")]
    [InlineData("OPTIONS http://h", "*")]
    [InlineData("CONNECT H:1", "h:1")]
    public void The_raw_target_is_written_in_the_form_an_origin_takes(string line, string target)
    {
        ParsedRequest request = ParsedRequest.From(line + " HTTP/1.1\r\nHost: a\r\n\r\n");
        if (target.Length == 0)
        {
            request.Status.ShouldBe(ParseStatus.Rejected);
            return;
        }

        Write(request.Head, new RequestWriteOptions { UseRawTarget = true }).Split(' ')[1].ShouldBe(target);
    }

    [Fact]
    public void The_authority_a_module_chose_is_written()
    {
        RequestHead head = ParsedRequest.From("GET / HTTP/1.1\r\nHost: a\r\n\r\n").Head;
        head.SetOriginAuthority(head.Fields.Store("b:1"u8));
        Write(head, default).ShouldBe("GET / HTTP/1.1\r\nHost: b:1\r\n\r\n");
    }

    [Theory]
    [InlineData(200, 5, false, "HTTP/1.1 200 OK\r\nA: 1\r\nContent-Length: 5\r\n\r\n")]
    [InlineData(200, 0, false, "HTTP/1.1 200 OK\r\nA: 1\r\nContent-Length: 0\r\n\r\n")]
    [InlineData(200, -1, false, "HTTP/1.1 200 OK\r\nA: 1\r\nTransfer-Encoding: chunked\r\n\r\n")]
    [InlineData(200, -2, false, "HTTP/1.1 200 OK\r\nA: 1\r\n\r\n")]
    [InlineData(200, 0, true, "HTTP/1.1 200 OK\r\nContent-Length: 7\r\nA: 1\r\n\r\n")]
    [InlineData(304, 0, true, "HTTP/1.1 304 Not Modified\r\nContent-Length: 7\r\nA: 1\r\n\r\n")]
    [InlineData(204, 0, true, "HTTP/1.1 204 No Content\r\nA: 1\r\n\r\n")]
    [InlineData(103, 0, true, "HTTP/1.1 103 Early Hints\r\nA: 1\r\n\r\n")]
    [InlineData(299, 0, true, "HTTP/1.1 299 \r\nContent-Length: 7\r\nA: 1\r\n\r\n")]
    public void A_response_says_its_length(int status, long octets, bool omitsFraming, string text)
    {
        ResponseHead head = new() { Status = status };
        head.Fields.Add(KnownField.ContentLength, "7"u8);
        head.Fields.Add("A"u8, "1"u8);
        BodyLength length = octets switch
        {
            -1 => BodyLength.Unknown,
            -2 => BodyLength.UntilClose,
            _ => BodyLength.Of(octets),
        };
        Write(head, new ResponseWriteOptions { BodyLength = length, OmitFraming = omitsFraming }).ShouldBe(text);
    }

    [Theory]
    [InlineData(false, false, false, "")]
    [InlineData(true, false, false, "Connection: close\r\n")]
    [InlineData(false, true, false, "Connection: keep-alive\r\n")]
    [InlineData(true, true, false, "Connection: close\r\n")]
    [InlineData(false, false, true, "Connection: upgrade\r\nUpgrade: websocket\r\n")]
    [InlineData(true, false, true, "Connection: close, upgrade\r\nUpgrade: websocket\r\n")]
    [InlineData(false, true, true, "Connection: keep-alive, upgrade\r\nUpgrade: websocket\r\n")]
    public void A_response_says_what_holds_for_the_connection(bool close, bool keepAlive, bool upgrade, string lines)
    {
        ResponseHead head = new() { Status = 101 };
        head.Fields.Add(KnownField.Connection, "x"u8);
        head.Fields.Add(KnownField.Upgrade, "websocket"u8);
        Write(head, new ResponseWriteOptions { OmitFraming = true, Close = close, KeepAlive = keepAlive, KeepUpgrade = upgrade })
            .ShouldBe($"HTTP/1.1 101 Switching Protocols\r\n{lines}\r\n");
    }

    [Fact]
    public void What_is_written_is_read_back_alike()
    {
        RequestHead head = ParsedRequest.From(
            "GET /a%20b?c=[d] HTTP/1.1\r\nHost: a:1\r\nX:  1\r\nY: \u00e4\r\nz:\r\nContent-Length: 3\r\n\r\n").Head;
        string written = Write(head, new RequestWriteOptions { BodyLength = head.BodyLength });
        ParsedRequest again = ParsedRequest.From(written);
        Write(again.Head, new RequestWriteOptions { BodyLength = again.Head.BodyLength }).ShouldBe(written);
    }

    [Theory]
    [InlineData(1, "1\r\n")]
    [InlineData(15, "f\r\n")]
    [InlineData(16, "10\r\n")]
    [InlineData(255, "ff\r\n")]
    [InlineData(65536, "10000\r\n")]
    [InlineData(int.MaxValue, "7fffffff\r\n")]
    public void A_chunk_header_is_written(int length, string text)
    {
        byte[] target = new byte[ChunkWriter.MaxHeaderOctets];
        int written = ChunkWriter.WriteChunkHeader(target, length);
        Encoding.Latin1.GetString(target, 0, written).ShouldBe(text);
        ChunkWriter.WriteChunkHeader(target.AsSpan(0, written - 1), length).ShouldBe(-1);
    }

    [Fact]
    public void The_last_chunk_carries_trailers_but_for_forbidden_ones()
    {
        byte[] target = new byte[100];
        Encoding.Latin1.GetString(target, 0, ChunkWriter.WriteLast(target, null)).ShouldBe("0\r\n\r\n");
        HeaderFields trailers = new();
        trailers.Add("X", "1");
        trailers.Add("Content-Length", "5");
        trailers.Add("Y", "2");
        trailers.Remove("Y"u8);
        int written = ChunkWriter.WriteLast(target, trailers);
        Encoding.Latin1.GetString(target, 0, written).ShouldBe("0\r\nX: 1\r\n\r\n");
        ChunkWriter.WriteLast(target.AsSpan(0, written - 1), trailers).ShouldBe(-1);
    }
}
