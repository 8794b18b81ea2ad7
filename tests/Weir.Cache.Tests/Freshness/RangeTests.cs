using Weir.Cache.Freshness;

namespace Weir.Cache.Tests.Freshness;

/// <summary>RFC 9110 section 14: parts of a representation of 1000 octets.</summary>
public sealed class RangeTests
{
    [Theory]
    [InlineData("bytes=0-99", "0+100")]
    [InlineData("bytes=900-", "900+100")]
    [InlineData("bytes=900-5000", "900+100")]
    [InlineData("bytes=-100", "900+100")]
    [InlineData("bytes=-5000", "0+1000")]
    [InlineData("BYTES=0-0", "0+1")]
    [InlineData("bytes= 0-0", "0+1")]
    [InlineData("bytes=0-9,500-509", "0+10 500+10")]
    [InlineData("bytes=500-509, 0-9", "500+10 0+10")]
    [InlineData("bytes=0-9,,500-509,", "0+10 500+10")]
    // Parts that overlap or nearly touch are one.
    [InlineData("bytes=0-9,5-20", "0+21")]
    [InlineData("bytes=0-9,60-69", "0+70")]
    [InlineData("bytes=0-9,500-509,5-495", "0+510")]
    [InlineData("bytes=0-9,2000-", "0+10")]
    [InlineData("bytes=0-18446744073709551616", "0+1000")]
    // Nothing that is there.
    [InlineData("bytes=1000-", "unsatisfiable")]
    [InlineData("bytes=-0", "unsatisfiable")]
    [InlineData("bytes=18446744073709551616-", "unsatisfiable")]
    // No Range that counts.
    [InlineData("lines=0-9", "whole")]
    [InlineData("bytes=9-0", "whole")]
    [InlineData("bytes=a-b", "whole")]
    [InlineData("bytes=-", "whole")]
    [InlineData("bytes=", "whole")]
    [InlineData("bytes", "whole")]
    [InlineData("bytes=0-9,x", "whole")]
    [InlineData("bytes=1-1,2-2,3-3,4-4,5-5,6-6,7-7,8-8,9-9,10-10,11-11,12-12,13-13,14-14,15-15,16-16,17-17", "whole")]
    public void The_parts_that_are_asked_for(string range, string parts)
    {
        Span<ByteRange> found = stackalloc ByteRange[RangeSet.MostParts];
        RangeOutcome outcome = RangeSet.Read(Fields.Of("Range: " + range), 1000, found, out int count);
        string text = outcome == RangeOutcome.Parts
            ? string.Join(' ', found[..count].ToArray().Select(part => $"{part.Start}+{part.Length}"))
            : outcome.ToString().ToLowerInvariant();
        text.ShouldBe(parts);
    }

    [Fact]
    public void Two_range_fields_are_none()
    {
        Span<ByteRange> found = stackalloc ByteRange[RangeSet.MostParts];
        RangeSet.Read(Fields.OfText("Range: bytes=0-1|Range: bytes=2-3"), 10, found, out _).ShouldBe(RangeOutcome.Whole);
    }

    [Fact]
    public void Content_range_is_written_as_the_rfc_has_it()
    {
        Span<byte> text = stackalloc byte[ContentRange.MostOctets];
        Fields.Text(text[..ContentRange.Write(new ByteRange(10, 90), 1000, text)]).ShouldBe("bytes 10-99/1000");
        Fields.Text(text[..ContentRange.WriteUnsatisfied(1000, text)]).ShouldBe("bytes */1000");
        Fields.Text(text[..ContentRange.Write(new ByteRange(long.MaxValue - 1, 1), long.MaxValue, text)]).Length.ShouldBeLessThanOrEqualTo(text.Length);
    }
}
