using Weir.Abstractions.Heads;
using Weir.Cache.Freshness;

namespace Weir.Cache.Tests.Freshness;

/// <summary>RFC 9110 sections 14.1.2 and 14.4: the first range where the length is not known, and what a 206 says of itself.</summary>
public sealed class OneRangeTests
{
    [Theory]
    [InlineData("bytes=0-99", 0L, 0L)]
    [InlineData("bytes=5-", 5L, 0L)]
    [InlineData("bytes=-7", -1L, 7L)]
    [InlineData("bytes=20-29, 0-1", 20L, 0L)]
    [InlineData("bytes=,-7,0-1", -1L, 7L)]
    public void The_first_range_is_read(string range, long first, long suffix)
    {
        RangeSet.TryReadFirst(Fields.Of("Range: " + range), out long foundFirst, out long foundSuffix).ShouldBeTrue();
        foundFirst.ShouldBe(first);
        foundSuffix.ShouldBe(suffix);
    }

    [Theory]
    [InlineData("Range: bytes=0-1,6-5")]
    [InlineData("Range: bytes=0-1,2-3,4-5,6-7,8-9,0-1,2-3,4-5,6-7,8-9,0-1,2-3,4-5,6-7,8-9,0-1,2-3")]
    [InlineData("Range: bytes=5-4")]
    [InlineData("Range: bytes=-0")]
    [InlineData("Range: bytes=99999999999999999999-")]
    [InlineData("Range: items=0-1")]
    [InlineData("Range: bytes=0-1|Range: bytes=0-1")]
    [InlineData("X: y")]
    public void All_else_is_none(string fields) => RangeSet.TryReadFirst(Fields.OfText(fields), out _, out _).ShouldBeFalse();

    [Fact]
    public void A_part_says_which_octets_it_is()
    {
        ContentRange.TryRead(Fields.Of("Content-Range: bytes 5-9/100"), out ByteRange part, out long length).ShouldBeTrue();
        part.ShouldBe(new ByteRange(5, 5));
        length.ShouldBe(100);
    }

    [Theory]
    [InlineData("bytes 5-9/*")]
    [InlineData("bytes */100")]
    [InlineData("bytes 9-5/100")]
    [InlineData("bytes 5-100/100")]
    [InlineData("bytes 5-9")]
    [InlineData("bytes -5/100")]
    [InlineData("items 5-9/100")]
    [InlineData("bytes 5-9/99999999999999999999")]
    [InlineData("bytes +5-9/100")]
    public void What_says_it_badly_is_none(string value)
    {
        HeaderFields fields = Fields.Of("Content-Range: " + value);
        ContentRange.TryRead(fields, out _, out _).ShouldBeFalse();
    }
}
