using Weir.Http.Http2;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Http2;

/// <summary>
/// RFC 7541 as a connection sees it: what cannot be decoded ends the connection with COMPRESSION_ERROR, wherever it stands.
/// </summary>
public sealed class FieldCompressionTests
{
    private const byte Whole = FrameFlags.EndHeaders | FrameFlags.EndStream;

    [Theory]
    [InlineData("80")]
    [InlineData("be")]
    [InlineData("ffffffff7f")]
    [InlineData("ff80808080808000")]
    [InlineData("3fe21f")]
    [InlineData("8220")]
    [InlineData("000161")]
    [InlineData("00016184ffffffff")]
    [InlineData("00016182ffff")]
    [InlineData("0001618118")]
    [InlineData("40016105616263")]
    [InlineData("7e0161")]
    public void What_cannot_be_decoded_is_a_COMPRESSION_ERROR_of_the_connection(string hex)
    {
        byte[] bad = Convert.FromHexString(hex);
        byte[] good = Http2Peer.Block(Http2Peer.Fields("POST"));
        byte[] block = hex == "3fe21f" ? [.. bad, .. good] : [.. good, .. bad];

        // In a request's head.
        Http2Peer.Talk(client =>
        {
            client.Send(FrameType.Headers, Whole, 1, block);
            client.ExpectGoAway(Http2ErrorCode.CompressionError, 1);
        });

        // In pieces.
        Http2Peer.Talk(client =>
        {
            client.Send(FrameType.Headers, FrameFlags.EndStream, 1, block[..10]);
            client.Send(FrameType.Continuation, FrameFlags.EndHeaders, 1, block[10..]);
            client.ExpectGoAway(Http2ErrorCode.CompressionError, 1);
        });

        // In trailers, and in trailers of a stream that is gone.
        Http2Peer.Talk(client =>
        {
            client.Request(1, Http2Peer.Fields("POST"), ends: false);
            client.Send(FrameType.Headers, Whole, 1, bad);
            client.ExpectGoAway(Http2ErrorCode.CompressionError, 1);
        });
        Http2Peer.Talk(client =>
        {
            client.Request(1, "X=y", ends: false);
            client.ExpectReset(1, Http2ErrorCode.ProtocolError);
            client.Send(FrameType.Headers, Whole, 1, bad);
            client.ExpectGoAway(Http2ErrorCode.CompressionError, 1);
        });
    }

    [Fact]
    public void A_smaller_table_is_confirmed_at_the_start_of_the_next_block()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        Ask(proxy, client, 1)[0].ShouldBe((byte)0x88);
        client.Send(FrameType.Settings, 0, 0, [.. Http2Peer.Setting(1, 0), .. Http2Peer.Setting(1, 64)]);
        client.TakeTexts().ShouldBe(["Settings 0 1 0"]);

        // RFC 7541 section 4.2: the smallest size in between, then the last one.
        Ask(proxy, client, 3)[..4].ShouldBe([0x20, 0x3F, 0x21, 0x88]);
        Ask(proxy, client, 5)[0].ShouldBe((byte)0x88);
        client.Send(FrameType.Settings, 0, 0, Http2Peer.Setting(1, 0));
        client.TakeAll();
        Ask(proxy, client, 7)[..2].ShouldBe([0x20, 0x88]);
        proxy.AssertClean();
    }

    [Fact]
    public void A_larger_table_than_Weir_wants_is_not_used()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy, true, Http2Peer.Setting(1, uint.MaxValue));
        for (int stream = 1; stream < 200; stream += 2)
        {
            Ask(proxy, client, stream);
        }

        proxy.AssertClean();
    }

    [Fact]
    public void The_client_may_empty_and_fill_its_table_between_requests()
    {
        using Proxy proxy = new(Http2Peer.Yaml);
        Http2Peer client = new(proxy);
        byte[] indexed = [0x40, 1, (byte)'x', 1, (byte)'y'];
        byte[] fields = Http2Peer.Block(Http2Peer.Fields());
        client.Send(FrameType.Headers, Whole, 1, [.. fields, .. indexed]);
        proxy.Origin.Next().Answer(proxy, "");
        client.Send(FrameType.Headers, Whole, 3, [0x20, 0x3F, 0xE1, 0x1F, .. fields, .. indexed, 0xBE]);
        Peer origin = proxy.Origin.Next();
        origin.TakeRequest()["x"].ShouldBe("y");
        origin.Answer(proxy, "");
        client.TakeAll();
        client.Send(FrameType.Headers, Whole, 5, [0x20, .. fields, 0xBE]);
        client.ExpectGoAway(Http2ErrorCode.CompressionError, 5);
        proxy.AssertClean();
    }

    private static byte[] Ask(Proxy proxy, Http2Peer client, int stream)
    {
        client.Request(stream);
        proxy.Origin.Next().Answer(proxy, "", "HTTP/1.1 200 OK", $"X-Number: {stream}");
        Http2Frame head = client.TakeAll().Single();
        head.Fields.ShouldContain($"x-number: {stream}");
        return head.Payload;
    }
}
