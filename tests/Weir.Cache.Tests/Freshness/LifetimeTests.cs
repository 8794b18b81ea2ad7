using Weir.Abstractions.Heads;
using Weir.Cache.Freshness;

namespace Weir.Cache.Tests.Freshness;

/// <summary>RFC 9111 section 4.2.1 and RFC 9213: how long a response is fresh. "{-60}" is the date a minute ago.</summary>
public sealed class LifetimeTests
{
    [Theory]
    // What counts before what.
    [InlineData("Cache-Control: max-age=60", 60)]
    [InlineData("Cache-Control: max-age=60, s-maxage=10", 10)]
    [InlineData("Cache-Control: s-maxage=10|Expires: {600}|Date: {0}", 10)]
    [InlineData("Cache-Control: max-age=60|Expires: {600}|Date: {0}", 60)]
    [InlineData("Expires: {600}|Date: {0}", 600)]
    [InlineData("Expires: {600}|Date: {-100}", 700)]
    [InlineData("Expires: {600}", 600)]
    [InlineData("Expires: {-1}|Date: {0}", 0)]
    // RFC 9111 section 4.2.2: a tenth of the time since the last change.
    [InlineData("Last-Modified: {-1000}|Date: {0}", 100)]
    [InlineData("Last-Modified: {-1000}", 100)]
    [InlineData("Last-Modified: {-100000000}|Date: {0}", 86400)]
    [InlineData("Last-Modified: {100}|Date: {0}", 0)]
    [InlineData("", 0)]
    // RFC 9111 sections 4.2.1, 5.2 and 5.3: what is invalid is stale.
    [InlineData("Cache-Control: max-age=abc", 0)]
    [InlineData("Cache-Control: max-age=", 0)]
    [InlineData("Cache-Control: max-age", 0)]
    [InlineData("Cache-Control: max-age=-1", 0)]
    [InlineData("Cache-Control: max-age=1.5", 0)]
    [InlineData("Cache-Control: max-age=60s", 0)]
    [InlineData("Cache-Control: max-age =60", 0)]
    [InlineData("Cache-Control: max-age= 60", 0)]
    [InlineData("Cache-Control: max-age='60'", 0)]
    [InlineData("Cache-Control: max-age=60, max-age=70", 0)]
    [InlineData("Cache-Control: max-age=60|Cache-Control: max-age=70", 0)]
    [InlineData("Cache-Control: max-age=60|Cache-Control: max-age=60", 60)]
    [InlineData("Expires: 0|Date: {0}", 0)]
    [InlineData("Expires: soon|Last-Modified: {-1000}", 0)]
    [InlineData("Expires: {600}|Expires: {700}|Date: {0}", 0)]
    [InlineData("Cache-Control: max-age=\"60\"", 60)]
    [InlineData("cache-control: MAX-AGE=60", 60)]
    [InlineData("Cache-Control: a=\"max-age=9, b\", max-age=60", 60)]
    [InlineData("Cache-Control: ,, max-age=60,", 60)]
    // RFC 9111 section 1.2.2: too large is 2^31.
    [InlineData("Cache-Control: max-age=2147483648", 2147483648)]
    [InlineData("Cache-Control: max-age=99999999999999999999999999", 2147483648)]
    // RFC 9213: the first valid one wins, over Expires too.
    [InlineData("CDN-Cache-Control: max-age=10|Cache-Control: max-age=60", 10)]
    [InlineData("Weir-Cache-Control: max-age=5|CDN-Cache-Control: max-age=10", 5)]
    [InlineData("CDN-Cache-Control: max-age=10, s-maxage=20", 20)]
    [InlineData("CDN-Cache-Control: no-transform|Expires: {600}|Date: {0}", 0)]
    [InlineData("CDN-Cache-Control: max-age=10,,|Cache-Control: max-age=60", 60)]
    [InlineData("CDN-Cache-Control: MAX-AGE=10|Cache-Control: max-age=60", 60)]
    [InlineData("CDN-Cache-Control: max-age=10;a=b", 10)]
    [InlineData("CDN-Cache-Control: max-age=10.5|Cache-Control: max-age=60", 0)]
    [InlineData("CDN-Cache-Control: max-age=\"10\"|Cache-Control: max-age=60", 0)]
    [InlineData("CDN-Cache-Control: max-age=10, max-age=20", 20)]
    [InlineData("Weir-Cache-Control: %|CDN-Cache-Control: max-age=10", 10)]
    public void The_freshness_lifetime(string response, long seconds)
    {
        ResponseHead head = Fields.Response(Fields.WithDates(response));
        ResponseCacheControl control = ResponseCacheControl.Read(head.Fields, TargetedFields.Standard);
        Lifetime.Calculate(head, control, Fields.Now, new CachePolicy()).ShouldBe(seconds);
    }

    [Fact]
    public void Targeted_fields_can_be_turned_off()
    {
        HeaderFields fields = Fields.OfText("CDN-Cache-Control: max-age=10|Cache-Control: max-age=60");
        ResponseCacheControl.Read(fields, TargetedFields.None).MaxAgeSeconds.ShouldBe(60);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("Age: 10", 10)]
    [InlineData("Age: 10, 20", 10)]
    [InlineData("Age: 10|Age: 20", 10)]
    [InlineData("Age: -1", 0)]
    [InlineData("Age: abc", 0)]
    [InlineData("Age: 1.5", 0)]
    [InlineData("Age: 99999999999999999999", 2147483648)]
    public void The_age_field(string response, long seconds) => AgeRules.ReadAge(Fields.OfText(response)).ShouldBe(seconds);

    [Theory]
    // RFC 9111 section 4.2.3: the larger of what the clocks say and what the caches say, with the time the answer took.
    [InlineData("Date: {0}", 0, 0)]
    [InlineData("Date: {-30}", 0, 30)]
    [InlineData("Date: {30}", 0, 0)]
    [InlineData("Date: {0}|Age: 10", 0, 10)]
    [InlineData("Date: {0}|Age: 10", 5, 15)]
    [InlineData("Date: {-30}|Age: 10", 5, 30)]
    [InlineData("Age: 10", 5, 15)]
    [InlineData("Date: never|Age: 10", 0, 10)]
    [InlineData("Age: 2147483648", 5, 2147483648)]
    public void The_corrected_initial_age(string response, int delay, long seconds) =>
        AgeRules.CorrectedInitialAge(Fields.OfText(Fields.WithDates(response)), Fields.Now - delay, Fields.Now).ShouldBe(seconds);
}
