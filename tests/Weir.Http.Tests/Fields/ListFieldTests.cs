using System.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Fields;

namespace Weir.Http.Tests.Fields;

public sealed class ListFieldTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("a", "a")]
    [InlineData("a,b", "a|b")]
    [InlineData(" a ,\tb , ", "a|b")]
    [InlineData(",,a,,b,,", "a|b")]
    [InlineData("\"a,b\",c", "\"a,b\"|c")]
    [InlineData("\"a\\\",b\",c", "\"a\\\",b\"|c")]
    [InlineData("x=\"a,b\";y=\"c,d\",e", "x=\"a,b\";y=\"c,d\"|e")]
    [InlineData("\"a,b", "\"a,b")]
    [InlineData("\"a\\", "\"a\\")]
    [InlineData("a b,c", "a b|c")]
    public void Members_are_split_at_commas_outside_quotes(string value, string expected)
    {
        List<string> members = [];
        foreach (ReadOnlySpan<byte> member in new ListField(Encoding.ASCII.GetBytes(value)))
        {
            members.Add(Encoding.ASCII.GetString(member));
        }

        string.Join('|', members).ShouldBe(expected);
    }

    [Theory]
    [InlineData("gzip, br;q=0.5, zstd;q=0", "gzip", 1000)]
    [InlineData("gzip, br;q=0.5, zstd;q=0", "BR", 500)]
    [InlineData("gzip, br ; q=0.123", "br", 123)]
    [InlineData("gzip, br;q=0.5, zstd;q=0", "zstd", 0)]
    [InlineData("gzip, br;q=0.5", "zstd", -1)]
    [InlineData("gzip, *;q=0.1", "zstd", 100)]
    [InlineData("*;q=0, gzip;q=1.000", "gzip", 1000)]
    [InlineData("gzip;q=1.001", "gzip", -1)]
    [InlineData("gzip;q=2", "gzip", -1)]
    [InlineData("gzip;q=0.1234", "gzip", -1)]
    [InlineData("gzip;q=", "gzip", -1)]
    [InlineData("gzip;q=x", "gzip", -1)]
    [InlineData("gzip;Q=0.", "gzip", 0)]
    [InlineData("", "gzip", -1)]
    public void A_weight_is_found(string value, string token, int quality)
    {
        HeaderFields fields = new();
        fields.Add("Accept-Encoding", value);
        QualityList.Find(fields, KnownField.AcceptEncoding, Encoding.ASCII.GetBytes(token)).ShouldBe(quality);
    }

    [Theory]
    [InlineData(null, 1000)]
    [InlineData("text/html", 1000)]
    [InlineData("text/*;q=0.5", 500)]
    [InlineData("*/*;q=0.3", 300)]
    [InlineData("*/*, text/html;q=0", 0)]
    [InlineData("text/html;q=0.2, text/*;q=0.9, */*", 200)]
    [InlineData("application/json", 0)]
    [InlineData("text/html;level=\"1;q=0\";q=0.7", 0)]
    [InlineData("TEXT/HTML;q=0.4;ext=1", 400)]
    public void The_most_specific_media_range_counts(string? value, int quality)
    {
        HeaderFields fields = new();
        if (value is not null)
        {
            fields.Add("Accept", value);
        }

        QualityList.FindMedia(fields, "text/html"u8).ShouldBe(quality);
    }

    [Theory]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ==", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ=", null)]
    [InlineData("dGhlIHNhbXBsZSBub25jZQ===", null)]
    [InlineData("!GhlIHNhbXBsZSBub25jZQ==", null)]
    [InlineData("", null)]
    public void The_websocket_proof_is_computed(string key, string? proof)
    {
        byte[] accept = new byte[WebSocketHandshake.AcceptOctets];
        WebSocketHandshake.TryAccept(Encoding.ASCII.GetBytes(key), accept).ShouldBe(proof is not null);
        if (proof is not null)
        {
            Encoding.ASCII.GetString(accept).ShouldBe(proof);
        }
    }
}
