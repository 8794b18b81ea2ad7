using System.Text;
using Weir.Http.Http1;

namespace Weir.Http.Tests.Http1;

public sealed class ChunkedDecoderTests
{
    [Theory]
    [InlineData("0\r\n\r\n", "")]
    [InlineData("5\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n", "abc")]
    [InlineData("005\r\nhello\r\n000\r\n\r\n", "hello")]
    [InlineData("00000000000000a\r\n0123456789\r\n0\r\n\r\n", "0123456789")]
    [InlineData("A\r\n0123456789\r\n0\r\n\r\n", "0123456789")]
    [InlineData("5\r\n\r\n0\r\n\r\n0\r\n\r\n", "\r\n0\r\n")]
    [InlineData("5;a\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("5;a=b\r\nhello\r\n0;c\r\n\r\n", "hello")]
    [InlineData("5 ; a = b ; c\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("5\t;\ta\t=\tb\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("5;a=\"b;\\\"c \u00e4\t\";d\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("5;a=\"\"\r\nhello\r\n0\r\n\r\n", "hello")]
    [InlineData("0\r\nX: 1\r\nY:2\r\n\r\n", "")]
    public void A_sound_body_is_decoded(string text, string content)
    {
        DecodedBody body = DecodedBody.From(text + "NEXT");
        body.Status.ShouldBe(ChunkStatus.End, body.Reason.ToString());
        body.Content.ShouldBe(content);
        body.Consumed.ShouldBe(text.Length);
    }

    [Theory]
    [InlineData("", RejectReason.None)]
    [InlineData("5", RejectReason.None)]
    [InlineData("5\r", RejectReason.None)]
    [InlineData("5\r\nhell", RejectReason.None)]
    [InlineData("5\r\nhello", RejectReason.None)]
    [InlineData("5\r\nhello\r", RejectReason.None)]
    [InlineData("5\r\nhello\r\n", RejectReason.None)]
    [InlineData("5\r\nhello\r\n0\r\n", RejectReason.None)]
    [InlineData("0\r\n\r", RejectReason.None)]
    [InlineData("0\r\nX: 1\r\n", RejectReason.None)]
    public void A_beginning_asks_for_more(string text, RejectReason reason)
    {
        DecodedBody body = DecodedBody.From(text);
        body.Status.ShouldBe(ChunkStatus.NeedMore);
        body.Reason.ShouldBe(reason);
    }

    [Theory]
    [InlineData("\r\n", RejectReason.BadChunkSize)]
    [InlineData("\n", RejectReason.BareLineFeed)]
    [InlineData(" 5\r\nhello\r\n", RejectReason.BadChunkSize)]
    [InlineData("\t5\r\nhello\r\n", RejectReason.BadChunkSize)]
    [InlineData("+5\r\nhello\r\n", RejectReason.BadChunkSize)]
    [InlineData("-5\r\nhello\r\n", RejectReason.BadChunkSize)]
    [InlineData("0x5\r\nhello\r\n", RejectReason.BadChunkSize)]
    [InlineData("0X5\r\nhello\r\n", RejectReason.BadChunkSize)]
    [InlineData("5_0\r\nhello\r\n", RejectReason.BadChunkSize)]
    [InlineData("5h\r\nhello\r\n", RejectReason.BadChunkSize)]
    [InlineData("g\r\nhello\r\n", RejectReason.BadChunkSize)]
    [InlineData("5,5\r\nhello\r\n", RejectReason.BadChunkSize)]
    [InlineData("5.0\r\nhello\r\n", RejectReason.BadChunkSize)]
    [InlineData("\"5\"\r\nhello\r\n", RejectReason.BadChunkSize)]
    [InlineData(";a\r\nhello\r\n", RejectReason.BadChunkSize)]
    [InlineData("5\0\r\nhello\r\n", RejectReason.BadChunkSize)]
    [InlineData("\u00b5\r\nhello\r\n", RejectReason.BadChunkSize)]
    [InlineData("1000000000000000\r\n", RejectReason.ChunkSizeTooLarge)]
    [InlineData("0000000000000005\r\n", RejectReason.ChunkSizeTooLarge)]
    [InlineData("ffffffffffffffff\r\n", RejectReason.ChunkSizeTooLarge)]
    [InlineData("10000000000000005\r\n", RejectReason.ChunkSizeTooLarge)]
    [InlineData("5\nhello\r\n", RejectReason.BareLineFeed)]
    [InlineData("5\rhello\r\n", RejectReason.BareCarriageReturn)]
    [InlineData("5\r\rhello\r\n", RejectReason.BareCarriageReturn)]
    [InlineData("5 \r\nhello\r\n", RejectReason.BadChunkExtension)]
    [InlineData("5 5\r\nhello\r\n", RejectReason.BadChunkExtension)]
    [InlineData("5;\r\nhello\r\n", RejectReason.BadChunkExtension)]
    [InlineData("5;;a\r\nhello\r\n", RejectReason.BadChunkExtension)]
    [InlineData("5;=a\r\nhello\r\n", RejectReason.BadChunkExtension)]
    [InlineData("5;a=\r\nhello\r\n", RejectReason.BadChunkExtension)]
    [InlineData("5;a=;b\r\nhello\r\n", RejectReason.BadChunkExtension)]
    [InlineData("5;a b\r\nhello\r\n", RejectReason.BadChunkExtension)]
    [InlineData("5;a \r\nhello\r\n", RejectReason.BadChunkExtension)]
    [InlineData("5;a=b\t\r\nhello\r\n", RejectReason.BadChunkExtension)]
    [InlineData("5;a=\"b\" \r\nhello\r\n", RejectReason.BadChunkExtension)]
    [InlineData("5;a=b c\r\nhello\r\n", RejectReason.BadChunkExtension)]
    [InlineData("5;a==b\r\nhello\r\n", RejectReason.BadChunkExtension)]
    [InlineData("5;a=\"b\"c\r\nhello\r\n", RejectReason.BadChunkExtension)]
    [InlineData("5;a=\"b\r\nhello\r\n", RejectReason.BadChunkExtension)]
    [InlineData("5;a=\"b\\\r\nhello\r\n", RejectReason.BadChunkExtension)]
    [InlineData("5;a\0\r\nhello\r\n", RejectReason.BadChunkExtension)]
    [InlineData("5;a=\"\0\"\r\nhello\r\n", RejectReason.BadChunkExtension)]
    [InlineData("5;a=\u00e4\r\nhello\r\n", RejectReason.BadChunkExtension)]
    [InlineData("5;a\nhello\r\n", RejectReason.BareLineFeed)]
    [InlineData("5;a=\"\n\"\r\nhello\r\n", RejectReason.BareLineFeed)]
    [InlineData("5;a\rhello\r\n", RejectReason.BareCarriageReturn)]
    [InlineData("5\r\nhello0\r\n\r\n", RejectReason.BadChunkEnd)]
    [InlineData("5\r\nhello\n0\r\n\r\n", RejectReason.BadChunkEnd)]
    [InlineData("5\r\nhello\r0\r\n\r\n", RejectReason.BadChunkEnd)]
    [InlineData("5\r\nhello\r\r\n0\r\n\r\n", RejectReason.BadChunkEnd)]
    [InlineData("5\r\nhello world\r\n0\r\n\r\n", RejectReason.BadChunkEnd)]
    [InlineData("5\r\nhello\r\n\r\n0\r\n\r\n", RejectReason.BadChunkSize)]
    [InlineData("5\r\nhel\r\n0\r\n\r\n", RejectReason.BadChunkEnd)]
    [InlineData("0\n\r\n", RejectReason.BareLineFeed)]
    [InlineData("0\r\n\n", RejectReason.BareLineFeed)]
    [InlineData("0\r\nX: 1\n\r\n", RejectReason.BareLineFeed)]
    [InlineData("0\r\nX: 1\r\r\n", RejectReason.BareCarriageReturn)]
    [InlineData("0\r\n\rX: 1\r\n\r\n", RejectReason.BareCarriageReturn)]
    [InlineData("0\r\nX : 1\r\n\r\n", RejectReason.SpaceBeforeColon)]
    [InlineData("0\r\n: 1\r\n\r\n", RejectReason.EmptyFieldName)]
    [InlineData("0\r\nX\r\n\r\n", RejectReason.MissingColon)]
    [InlineData("0\r\nX Y: 1\r\n\r\n", RejectReason.BadFieldName)]
    [InlineData("0\r\nX: 1\r\n 2\r\n\r\n", RejectReason.LineFolding)]
    [InlineData("0\r\n X: 1\r\n\r\n", RejectReason.LineFolding)]
    [InlineData("0\r\nX: \0\r\n\r\n", RejectReason.ControlOctet)]
    [InlineData("0\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", RejectReason.MissingColon)]
    public void A_faulty_body_is_refused(string text, RejectReason reason)
    {
        DecodedBody body = DecodedBody.From(text);
        body.Status.ShouldBe(ChunkStatus.Rejected);
        body.Reason.ShouldBe(reason);
        RejectReasons.Status(reason).ShouldBe(400);
    }

    [Fact]
    public void A_refused_decoder_stays_refused_and_a_complete_one_complete()
    {
        ChunkedDecoder decoder = default;
        decoder.Reset();
        decoder.Decode("x"u8, null, out _, out _, out _, out RejectReason reason).ShouldBe(ChunkStatus.Rejected);
        reason.ShouldBe(RejectReason.BadChunkSize);
        decoder.Decode("0\r\n\r\n"u8, null, out _, out _, out int consumed, out reason).ShouldBe(ChunkStatus.Rejected);
        consumed.ShouldBe(0);
        reason.ShouldBe(RejectReason.BadChunkSize);

        decoder.Reset();
        decoder.Decode("0\r\n\r\n"u8, null, out _, out _, out _, out _).ShouldBe(ChunkStatus.End);
        decoder.IsComplete.ShouldBeTrue();
        decoder.Decode("5\r\n"u8, null, out _, out _, out consumed, out _).ShouldBe(ChunkStatus.End);
        consumed.ShouldBe(0);
    }

    [Fact]
    public void Trailers_that_could_deceive_are_dropped()
    {
        DecodedBody body = DecodedBody.From(
            "0\r\nHost: a\r\nX-Sum: 1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\nAuthorization: x\r\nCookie: a\r\nSet-Cookie: b\r\n"
            + "Cache-Control: no-store\r\nContent-Type: a/b\r\nContent-Language: de\r\nContent-Digest: sha-256=::\r\nX_Forwarded_For: 1\r\n"
            + "X-Forwarded-Foo: 1\r\nProxy-Foo: 1\r\nWWW-Authenticate: x\r\nConnection: X-Sum\r\ngrpc-status: 0\r\nETag: \"x\"\r\nServer-Timing: a\r\n"
            + "Trailer: x\r\nExpect: 100-continue\r\nRange: bytes=0-\r\nx-sum: 2\r\n\r\n");
        body.Status.ShouldBe(ChunkStatus.End);
        body.Trailers.ShouldBe(
            "X-Sum: 1\r\nContent-Digest: sha-256=::\r\ngrpc-status: 0\r\nETag: \"x\"\r\nServer-Timing: a\r\nx-sum: 2\r\n");
    }

    [Fact]
    public void The_trailer_section_is_bounded()
    {
        ChunkLimits limits = new(100, 30, 2);
        DecodedBody.From("0\r\nA: 1\r\nB: 2\r\n\r\n", limits).Status.ShouldBe(ChunkStatus.End);
        DecodedBody.From("0\r\nA: 1\r\nB: 2\r\nC: 3\r\n\r\n", limits).Reason.ShouldBe(RejectReason.TooManyTrailerFields);
        DecodedBody.From("0\r\nA: 345678901234567890123456\r\n\r\n", limits).Status.ShouldBe(ChunkStatus.Rejected);
        DecodedBody.From("0\r\nA: 345678901234567890123456\r\n\r\n", limits).Reason.ShouldBe(RejectReason.TrailerTooLarge);
        DecodedBody.From("0\r\nA: 34567890123456789012345\r\n\r\n", limits).Status.ShouldBe(ChunkStatus.End);
        RejectReasons.Status(RejectReason.TrailerTooLarge).ShouldBe(431);
    }

    [Fact]
    public void An_extension_is_bounded()
    {
        ChunkLimits limits = new(20, 100, 10);
        DecodedBody.From($"5;{new string('a', 19)}\r\nhello\r\n0\r\n\r\n", limits).Status.ShouldBe(ChunkStatus.End);
        DecodedBody.From($"5;{new string('a', 20)}\r\nhello\r\n0\r\n\r\n", limits).Reason.ShouldBe(RejectReason.ChunkExtensionsTooLarge);
    }

    [Fact]
    public void Extensions_of_many_small_chunks_are_bounded_together()
    {
        StringBuilder small = new();
        StringBuilder large = new();
        for (int i = 0; i < 1000; i++)
        {
            small.Append("1;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=bbbbbbbbbbbbbbbbbbbbbbbbbb\r\nx\r\n");
            large.Append("40;aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa=bbbbbbbbbbbbbbbbbbbbbbbbb\r\n").Append('x', 64).Append("\r\n");
        }

        DecodedBody.Whole(Encoding.Latin1.GetBytes(small + "0\r\n\r\n"), ChunkLimits.Default).Reason.ShouldBe(
            RejectReason.ChunkExtensionsTooLarge);
        DecodedBody.Whole(Encoding.Latin1.GetBytes(large + "0\r\n\r\n"), ChunkLimits.Default).Status.ShouldBe(ChunkStatus.End);
    }

    [Fact]
    public void Small_chunks_without_extensions_cost_nothing()
    {
        string text = string.Concat(Enumerable.Repeat("1\r\nx\r\n", 20_000)) + "0\r\n\r\n";
        DecodedBody body = DecodedBody.Whole(Encoding.Latin1.GetBytes(text), ChunkLimits.Default);
        body.Status.ShouldBe(ChunkStatus.End);
        body.Content.Length.ShouldBe(20_000);
    }
}
