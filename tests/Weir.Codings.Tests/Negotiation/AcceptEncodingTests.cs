using Weir.Abstractions.Heads;
using Weir.Codings.Negotiation;

namespace Weir.Codings.Tests.Negotiation;

/// <summary>RFC 9110 section 12.5.3, one line a rule.</summary>
public sealed class AcceptEncodingTests
{
    private static readonly ContentCoding[] _order = [ContentCoding.Zstd, ContentCoding.Brotli, ContentCoding.Gzip];

    [Theory]
    [InlineData("gzip", ContentCoding.Gzip)]
    [InlineData("GZip", ContentCoding.Gzip)]
    [InlineData("x-gzip", ContentCoding.Gzip)]
    [InlineData("gzip, deflate, br, zstd", ContentCoding.Zstd)]
    [InlineData("gzip, deflate, br", ContentCoding.Brotli)]
    [InlineData("br;q=0.9, gzip", ContentCoding.Gzip)]
    [InlineData("br;q=0.9, gzip;q=0.8", ContentCoding.Brotli)]
    [InlineData("br ; q=0.001 , gzip;q=0", ContentCoding.Brotli)]
    [InlineData("gzip;Q=1.000", ContentCoding.Gzip)]
    [InlineData("gzip;q=0", ContentCoding.Identity)]
    [InlineData("gzip;q=0.000", ContentCoding.Identity)]
    [InlineData("*", ContentCoding.Zstd)]
    [InlineData("*;q=0.5, gzip", ContentCoding.Gzip)]
    [InlineData("zstd;q=0, *", ContentCoding.Brotli)]
    [InlineData("*;q=0", ContentCoding.Identity)]
    [InlineData("*;q=0, br", ContentCoding.Brotli)]
    [InlineData("identity", ContentCoding.Identity)]
    [InlineData("identity;q=0.5, gzip;q=0.4", ContentCoding.Identity)]
    [InlineData("identity;q=0.5, gzip;q=0.5", ContentCoding.Gzip)]
    [InlineData("identity;q=0, gzip", ContentCoding.Gzip)]
    [InlineData("", ContentCoding.Identity)]
    [InlineData("compress, exi", ContentCoding.Identity)]
    [InlineData(",, gzip ,", ContentCoding.Gzip)]
    [InlineData("gzip;q=2, br;q=0.5", ContentCoding.Brotli)]
    [InlineData("gzip;q=1.001, br;q=0.5", ContentCoding.Brotli)]
    [InlineData("gzip;q=-1, br;q=0.5", ContentCoding.Brotli)]
    [InlineData("gzip;q=0.1234, br;q=0.05", ContentCoding.Brotli)]
    [InlineData("gzip;q=, br;q=0.05", ContentCoding.Brotli)]
    [InlineData("gzip;level=9, br;q=0.05", ContentCoding.Brotli)]
    [InlineData("gzip q=1, br;q=0.05", ContentCoding.Brotli)]
    public void The_best_quality_wins_and_then_the_servers_order(string field, ContentCoding expected) =>
        Read(field).Choose(_order).ShouldBe(expected);

    [Fact]
    public void Without_the_field_all_is_accepted_and_nothing_is_chosen()
    {
        AcceptEncoding accepted = Read();
        accepted.Accepts(ContentCoding.Brotli).ShouldBeTrue();
        accepted.Choose(_order).ShouldBe(ContentCoding.Identity);
    }

    [Fact]
    public void Several_fields_are_one_list()
    {
        Read("zstd;q=0.1", "br;q=0.2").Choose(_order).ShouldBe(ContentCoding.Brotli);
    }

    [Theory]
    [InlineData("gzip", ContentCoding.Identity, true)]
    [InlineData("*;q=0", ContentCoding.Identity, false)]
    [InlineData("identity;q=0", ContentCoding.Identity, false)]
    [InlineData("br", ContentCoding.Gzip, false)]
    [InlineData("br, *;q=0.1", ContentCoding.Gzip, true)]
    public void What_is_not_named_is_refused_but_for_identity(string field, ContentCoding coding, bool expected) =>
        Read(field).Accepts(coding).ShouldBe(expected);

    [Fact]
    public void Reading_allocates_nothing()
    {
        HeaderFields fields = new();
        fields.Add(KnownField.AcceptEncoding, "gzip, deflate, br;q=0.9, zstd"u8);
        AcceptEncoding.Of(fields).Choose(_order);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++)
        {
            AcceptEncoding.Of(fields).Choose(_order);
        }

        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBe(0);
    }

    private static AcceptEncoding Read(params string[] values)
    {
        HeaderFields fields = new();
        foreach (string value in values)
        {
            fields.Add("Accept-Encoding", value);
        }

        return AcceptEncoding.Of(fields);
    }
}
