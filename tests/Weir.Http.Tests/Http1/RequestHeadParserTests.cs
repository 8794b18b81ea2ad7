using System.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Http1;

namespace Weir.Http.Tests.Http1;

public sealed class RequestHeadParserTests
{
    [Fact]
    public void A_plain_request_is_read()
    {
        byte[] input = Encoding.Latin1.GetBytes("GET /a/%7Eb/../c?x=[1] HTTP/1.1\r\nHost: Shop.Example:8080\r\nAccept:  */* \r\n\r\nrest");
        RequestHead head = new();
        int scanned = 0;
        RequestHeadParser.Parse(input, ref scanned, head, HeadLimits.Default, out int consumed, out RequestFraming framing, out RejectReason reason)
            .ShouldBe(ParseStatus.Complete);
        reason.ShouldBe(RejectReason.None);
        consumed.ShouldBe(input.Length - 4);
        head.PathText.ShouldBe("/a/c");
        head.QueryText.ShouldBe("x=[1]");
        head.HostText.ShouldBe("shop.example");
        head.Port.ShouldBe(8080);
        framing.IsPersistent.ShouldBeTrue();
        head.Fields.GetText("accept"u8).ShouldBe("*/*");

        byte[] output = new byte[RequestHeadWriter.MaxOctets(head)];
        int written = RequestHeadWriter.Write(head, new RequestWriteOptions { BodyLength = BodyLength.None }, output);
        Encoding.Latin1.GetString(output, 0, written).ShouldBe("GET /a/c?x=[1] HTTP/1.1\r\nHost: shop.example:8080\r\nAccept: */*\r\n\r\n");
    }

    [Fact]
    public void A_chunked_body_is_read()
    {
        byte[] input = Encoding.Latin1.GetBytes("5;a=b\r\nhello\r\n0\r\nX-Sum: 1\r\nHost: x\r\n\r\n");
        ChunkedDecoder decoder = default;
        decoder.Reset();
        HeaderFields trailers = new();
        decoder.Decode(input, trailers, out int offset, out int length, out int consumed, out _).ShouldBe(ChunkStatus.Data);
        Encoding.Latin1.GetString(input, offset, length).ShouldBe("hello");
        decoder.Decode(input.AsSpan(consumed), trailers, out _, out _, out _, out _).ShouldBe(ChunkStatus.End);
        trailers.ToString().ShouldBe("X-Sum: 1\r\n");
    }
}
