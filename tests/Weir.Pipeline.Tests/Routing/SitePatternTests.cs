using Weir.Pipeline.Routing;

namespace Weir.Pipeline.Tests.Routing;

public sealed class SitePatternTests
{
    [Theory]
    [InlineData("Example.COM", SitePatternKind.Exact, "example.com")]
    [InlineData(" example.com. ", SitePatternKind.Exact, "example.com")]
    [InlineData("localhost", SitePatternKind.Exact, "localhost")]
    [InlineData("my_service", SitePatternKind.Exact, "my_service")]
    [InlineData("127.0.0.1", SitePatternKind.Exact, "127.0.0.1")]
    [InlineData("[2001:DB8:0::1]", SitePatternKind.Exact, "[2001:db8::1]")]
    [InlineData("[::ffff:102:304]", SitePatternKind.Exact, "[::ffff:1.2.3.4]")]
    [InlineData("[::1.2.3.4]", SitePatternKind.Exact, "[::102:304]")]
    [InlineData("[0::0]", SitePatternKind.Exact, "[::]")]
    [InlineData("bücher.example", SitePatternKind.Exact, "xn--bcher-kva.example")]
    [InlineData("*.Example.com", SitePatternKind.Wildcard, "example.com")]
    [InlineData("*", SitePatternKind.Default, "")]
    public void A_key_is_read_into_the_form_of_request_hosts(string text, SitePatternKind kind, string host)
    {
        SitePattern.TryParse(text, out SitePattern? pattern, out PatternError? error).ShouldBeTrue(error?.Cause);
        pattern!.Kind.ShouldBe(kind);
        pattern.Host.ShouldBe(host);
    }

    [Theory]
    [InlineData("", "not a host")]
    [InlineData("a..b", "not a host")]
    [InlineData("exa mple.com", "not a host")]
    [InlineData("example.com:8080", "names a port")]
    [InlineData("::1", "no brackets")]
    [InlineData("[::1]:80", "not an IPv6 address")]
    [InlineData("[::1%eth0]", "not an IPv6 address")]
    [InlineData("*.[::1]", "not a host")]
    [InlineData("[1.2.3.4]", "not an IPv6 address")]
    [InlineData("http://example.com", "is a URL")]
    [InlineData("example.com/x", "is a URL")]
    [InlineData("a.*.com", "not its first label")]
    [InlineData("www*.example.com", "not its first label")]
    [InlineData("*.", "not a host")]
    public void A_key_that_is_no_host_is_refused_with_a_cause_and_a_remedy(string text, string cause)
    {
        SitePattern.TryParse(text, out SitePattern? pattern, out PatternError? error).ShouldBeFalse();
        pattern.ShouldBeNull();
        error!.Cause.ShouldContain(cause);
        error.Remedy.ShouldNotBeEmpty();
    }

    [Fact]
    public void Patterns_of_the_same_hosts_are_equal()
    {
        SitePattern first = Parse("Example.com.");
        SitePattern second = Parse("example.com");
        SitePattern wildcard = Parse("*.example.com");
        first.ShouldBe(second);
        first.ShouldNotBe(wildcard);
        wildcard.ToString().ShouldBe("*.example.com");
    }

    private static SitePattern Parse(string text)
    {
        SitePattern.TryParse(text, out SitePattern? pattern, out PatternError? error).ShouldBeTrue(error?.Cause);
        return pattern!;
    }
}
