using Weir.Abstractions.Heads;
using Weir.Cache.Freshness;

namespace Weir.Cache.Tests.Freshness;

/// <summary>RFC 9110 section 13 and RFC 9111 section 4.3: conditions, and what a 304 changes.</summary>
public sealed class ValidationTests
{
    [Theory]
    [InlineData("If-None-Match: \"a\"", "\"a\"", true)]
    [InlineData("If-None-Match: \"b\"", "\"a\"", false)]
    [InlineData("If-None-Match: W/\"a\"", "\"a\"", true)]
    [InlineData("If-None-Match: \"a\"", "W/\"a\"", true)]
    [InlineData("If-None-Match: \"b\", W/\"c\" , \"a\"", "\"a\"", true)]
    [InlineData("If-None-Match: \"b\"|If-None-Match: \"a\"", "\"a\"", true)]
    [InlineData("If-None-Match: \"x, \\\"|If-None-Match: \"a\"", "\"a\"", true)]
    [InlineData("If-None-Match: \"b,a\"", "\"a\"", false)]
    [InlineData("If-None-Match: *", "\"a\"", true)]
    [InlineData("If-None-Match: *", "", true)]
    [InlineData("If-None-Match: a", "\"a\"", false)]
    [InlineData("If-None-Match: a", "a", true)]
    [InlineData("If-None-Match: \"a\"", "", false)]
    [InlineData("If-Modified-Since: {-100}", "", true)]
    [InlineData("If-Modified-Since: {-50}", "", true)]
    [InlineData("If-Modified-Since: {-101}", "", false)]
    [InlineData("If-Modified-Since: never", "", false)]
    // If-None-Match alone counts, where both are there.
    [InlineData("If-None-Match: \"b\"|If-Modified-Since: {0}", "\"a\"", false)]
    [InlineData("If-None-Match: \"a\"|If-Modified-Since: {-1000}", "\"a\"", true)]
    public void A_client_that_has_what_is_stored(string request, string tag, bool isNotModified) =>
        Preconditions.IsNotModified(Fields.OfText(Fields.WithDates(request)), Fields.Bytes(tag), Fields.Now - 100, Fields.Now)
            .ShouldBe(isNotModified);

    [Theory]
    [InlineData("", true)]
    [InlineData("If-Range: \"a\"", true)]
    [InlineData("If-Range: W/\"a\"", false)]
    [InlineData("If-Range: \"b\"", false)]
    [InlineData("If-Range: {-100}", true)]
    [InlineData("If-Range: {-99}", false)]
    [InlineData("If-Range: {-101}", false)]
    public void A_range_counts_only_for_what_the_client_began_with(string request, bool isFor) =>
        Preconditions.IsRangeFor(Fields.OfText(Fields.WithDates(request)), "\"a\""u8, Fields.Bytes(Fields.Date(-100)), Fields.Now)
            .ShouldBe(isFor);

    [Fact]
    public void A_weak_tag_is_no_ground_for_a_range() =>
        Preconditions.IsRangeFor(Fields.OfText("If-Range: W/\"a\""), "W/\"a\""u8, default, Fields.Now).ShouldBeFalse();

    [Fact]
    public void A_date_is_weak_within_its_second() =>
        Preconditions.IsRangeFor(Fields.OfText(Fields.WithDates("If-Range: {0}")), default, Fields.Bytes(Fields.Date(0)), Fields.Now).ShouldBeFalse();

    [Fact]
    public void A_validating_request_asks_with_the_stored_validators_only()
    {
        HeaderFields fields = Fields.OfText("If-None-Match: \"x\"|If-Match: \"y\"|Range: bytes=0-1|If-Range: \"z\"|A: 1");
        Preconditions.Set(fields, "\"a\""u8, default).ShouldBeTrue();
        fields.ToString().ShouldBe("A: 1\r\nIf-None-Match: \"a\"\r\n");
        Preconditions.Set(fields, default, default).ShouldBeFalse();
        fields.ToString().ShouldBe("A: 1\r\n");
    }

    [Fact]
    public void A_304_bears_what_guides_caches_and_nothing_of_the_content()
    {
        ResponseHead head = Fields.Response(
            "ETag: \"a\"|Last-Modified: x|Content-Type: t|Content-Length: 5|Content-Language: de|Content-Location: /b|Cache-Control: max-age=1"
            + "|Expires: y|Vary: Z|Date: d");
        NotModified.MakeFrom(head);
        head.Status.ShouldBe(304);
        head.BodyLength.IsNone.ShouldBeTrue();
        head.Fields.ToString().ShouldBe(
            "ETag: \"a\"\r\nContent-Location: /b\r\nCache-Control: max-age=1\r\nExpires: y\r\nVary: Z\r\nDate: d\r\n");
    }

    [Fact]
    public void A_304_without_a_tag_keeps_the_date_of_the_last_change()
    {
        ResponseHead head = Fields.Response("Last-Modified: x|Content-Type: t");
        NotModified.MakeFrom(head);
        head.Fields.ToString().ShouldBe("Last-Modified: x\r\n");
    }

    [Theory]
    [InlineData("A: 1|B: 2", "A: 3", "B: 2|A: 3")]
    [InlineData("A: 1|A: 2", "A: 3|A: 4", "A: 3|A: 4")]
    [InlineData("A: 1|Age: 5", "Date: d", "A: 1|Date: d")]
    [InlineData("Content-Type: a", "Content-Type: b", "Content-Type: b")]
    [InlineData("Content-Length: 5", "Content-Length: 0", "Content-Length: 5")]
    [InlineData("Content-Encoding: gzip", "Content-Encoding: br", "Content-Encoding: gzip")]
    [InlineData("A: 1", "Content-Encoding: br", "A: 1")]
    public void A_304_replaces_stored_fields_but_those_that_frame_the_content(string stored, string update, string result)
    {
        HeaderFields fields = Fields.OfText(stored);
        NotModified.Update(fields, Fields.OfText(update));
        fields.ToString().ShouldBe(Fields.OfText(result).ToString());
    }

    [Theory]
    [InlineData("ETag: \"a\"", "ETag: \"a\"", true)]
    [InlineData("ETag: \"a\"", "ETag: \"b\"", false)]
    [InlineData("ETag: \"a\"", "ETag: W/\"a\"", true)]
    [InlineData("ETag: W/\"a\"", "ETag: W/\"a\"", true)]
    [InlineData("ETag: W/\"a\"", "ETag: \"a\"", false)]
    [InlineData("ETag: a", "ETag: a", true)]
    [InlineData("ETag: W/\"a\"|Last-Modified: x", "ETag: \"a\"|Last-Modified: x", false)]
    [InlineData("Last-Modified: x", "Last-Modified: y", false)]
    [InlineData("ETag: \"a\"", "", true)]
    [InlineData("", "ETag: \"a\"", false)]
    public void A_304_speaks_of_the_response_with_its_validator(string stored, string update, bool selects) =>
        NotModified.Selects(Fields.OfText(update), Fields.OfText(stored)).ShouldBe(selects);
}
