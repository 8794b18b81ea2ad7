using Weir.Abstractions.Heads;
using Weir.Http.Hpack;

namespace Weir.Http.Tests.Hpack;

/// <summary>The examples of RFC 7541 appendix C, and the marks of its Huffman code.</summary>
public sealed class Rfc7541ExampleTests
{
    private const string First = ":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com";
    private const string Second = First + "\ncache-control: no-cache";
    private const string Third = ":method: GET\n:scheme: https\n:path: /index.html\n:authority: www.example.com\ncustom-key: custom-value";
    private const string Date1 = "date: Mon, 21 Oct 2013 20:13:21 GMT";
    private const string Date2 = "date: Mon, 21 Oct 2013 20:13:22 GMT";
    private const string Location = "location: https://www.example.com";
    private const string SetCookie = "set-cookie: foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1";

    [Fact]
    public void The_code_is_complete_and_has_the_codes_of_appendix_B()
    {
        long sum = 0;
        foreach (byte length in HuffmanCode.Lengths)
        {
            sum += 1L << (30 - length);
        }

        sum.ShouldBe(1L << 30);
        HuffmanCode.Codes['0'].ShouldBe(0x0u);
        HuffmanCode.Codes['z'].ShouldBe(0x7bu);
        HuffmanCode.Codes['&'].ShouldBe(0xf8u);
        HuffmanCode.Codes['Z'].ShouldBe(0xfdu);
        HuffmanCode.Codes['!'].ShouldBe(0x3f8u);
        HuffmanCode.Codes['|'].ShouldBe(0x7fcu);
        HuffmanCode.Codes['~'].ShouldBe(0x1ffdu);
        HuffmanCode.Codes['\\'].ShouldBe(0x7fff0u);
        HuffmanCode.Codes[226].ShouldBe(0xfffedu);
        HuffmanCode.Codes[230].ShouldBe(0x1fffe8u);
        HuffmanCode.Codes[233].ShouldBe(0x3fffebu);
        HuffmanCode.Codes[239].ShouldBe(0x7ffff4u);
        HuffmanCode.Codes[237].ShouldBe(0xfffff5u);
        HuffmanCode.Codes[235].ShouldBe(0x1ffffefu);
        HuffmanCode.Codes[255].ShouldBe(0x3ffffeeu);
        HuffmanCode.Codes[254].ShouldBe(0x7fffff0u);
        HuffmanCode.Codes[249].ShouldBe(0xffffffeu);
        HuffmanCode.Codes[22].ShouldBe(0x3ffffffeu);
        HuffmanCode.Codes[256].ShouldBe(0x3fffffffu);
    }

    [Fact]
    public void Integers_are_those_of_appendix_C1()
    {
        byte[] target = new byte[8];
        HpackInteger.Write(target, 0, 5, 0, 10).ShouldBe(1);
        target[0].ShouldBe((byte)10);
        HpackInteger.Write(target, 0, 5, 0, 1337).ShouldBe(3);
        target[..3].ShouldBe([31, 154, 10]);
        HpackInteger.Write(target, 0, 8, 0, 42).ShouldBe(1);
        target[0].ShouldBe((byte)42);
        int at = 0;
        HpackInteger.TryRead([31, 154, 10], ref at, 5, out int value).ShouldBeTrue();
        value.ShouldBe(1337);
        at.ShouldBe(3);
    }

    [Theory]
    [InlineData("400a637573746f6d2d6b65790d637573746f6d2d686561646572", "custom-key: custom-header", 55)]
    [InlineData("040c2f73616d706c652f70617468", ":path: /sample/path", 0)]
    [InlineData("100870617373776f726406736563726574", "password: secret", 0)]
    [InlineData("82", ":method: GET", 0)]
    public void Representations_are_those_of_appendix_C2(string block, string lines, int tableSize)
    {
        HpackDecoder decoder = new();
        TakenFields.Decode(decoder, Convert.FromHexString(block)).ShouldBe((HpackStatus.Done, lines));
        decoder.TableSize.ShouldBe(tableSize);
    }

    [Theory]
    [InlineData("828684410f7777772e6578616d706c652e636f6d", "828684be58086e6f2d6361636865", "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565")]
    [InlineData("828684418cf1e3c2e5f23a6ba0ab90f4ff", "828684be5886a8eb10649cbf", "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf")]
    public void Requests_are_those_of_appendices_C3_and_C4(string first, string second, string third)
    {
        HpackDecoder decoder = new();
        TakenFields.Decode(decoder, Convert.FromHexString(first)).ShouldBe((HpackStatus.Done, First));
        decoder.TableSize.ShouldBe(57);
        TakenFields.Decode(decoder, Convert.FromHexString(second)).ShouldBe((HpackStatus.Done, Second));
        decoder.TableSize.ShouldBe(110);
        TakenFields.Decode(decoder, Convert.FromHexString(third)).ShouldBe((HpackStatus.Done, Third));
        decoder.TableSize.ShouldBe(164);
    }

    [Theory]
    [InlineData(
        "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a2f2f7777772e6578616d706c652e636f6d",
        "4803333037c1c0bf",
        "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b48514b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31")]
    [InlineData(
        "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43d3",
        "4883640effc1c0bf",
        "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007")]
    public void Responses_evict_as_in_appendices_C5_and_C6(string first, string second, string third)
    {
        HpackDecoder decoder = new(256);
        TakenFields.Decode(decoder, Convert.FromHexString(first)).ShouldBe(
            (HpackStatus.Done, $":status: 302\ncache-control: private\n{Date1}\n{Location}"));
        decoder.TableSize.ShouldBe(222);
        TakenFields.Decode(decoder, Convert.FromHexString(second)).ShouldBe(
            (HpackStatus.Done, $":status: 307\ncache-control: private\n{Date1}\n{Location}"));
        decoder.TableSize.ShouldBe(222);
        TakenFields.Decode(decoder, Convert.FromHexString(third))
            .ShouldBe(
                (HpackStatus.Done, $":status: 200\ncache-control: private\n{Date2}\n{Location}\ncontent-encoding: gzip\n{SetCookie}"));
        decoder.TableSize.ShouldBe(215);
    }

    [Fact]
    public void The_encoder_refers_to_what_it_has_said_and_never_indexes_secrets()
    {
        HpackEncoder encoder = new();
        HpackDecoder decoder = new();
        byte[] target = new byte[1024];
        string previous = "";
        for (int i = 0; i < 3; i++)
        {
            int at = encoder.WriteStatus(target, encoder.BeginBlock(target, 0), 302);
            at = encoder.WriteField(target, at, KnownField.Server, default, "weir"u8);
            at = encoder.WriteField(target, at, KnownField.Other, "X-Colour"u8, "blue"u8);
            at = encoder.WriteField(target, at, KnownField.SetCookie, default, "a=b"u8);
            (HpackStatus status, string lines) = TakenFields.Decode(decoder, target[..at]);
            status.ShouldBe(HpackStatus.Done);
            lines.ShouldBe(":status: 302\nserver: weir\nx-colour: blue\nset-cookie: a=b");
            if (i > 0)
            {
                at.ShouldBe(3 + 6);
                target[3].ShouldBe((byte)0x1F);
                previous.ShouldBe(lines);
            }

            previous = lines;
        }

        encoder.TableSize.ShouldBe(decoder.TableSize);
        decoder.TableCount.ShouldBe(3);
    }

    [Fact]
    public void The_encoder_says_the_smallest_size_and_the_last_one()
    {
        HpackEncoder encoder = new();
        byte[] target = new byte[64];
        encoder.SetAllowedSize(100);
        encoder.SetAllowedSize(0);
        encoder.SetAllowedSize(200);
        int at = encoder.WriteStatus(target, encoder.BeginBlock(target, 0), 200);
        HpackDecoder decoder = new();
        TakenFields.Decode(decoder, target[..at]).ShouldBe((HpackStatus.Done, ":status: 200"));
        target[..at].ShouldBe([0x20, 0x3F, 0xA9, 0x01, 0x88]);
        encoder.BeginBlock(target, 0).ShouldBe(0);
    }
}
