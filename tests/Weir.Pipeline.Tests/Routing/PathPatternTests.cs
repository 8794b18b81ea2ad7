using System.Text;
using Weir.Http.Http1;
using Weir.Http.Semantics;
using Weir.Pipeline.Routing;

namespace Weir.Pipeline.Tests.Routing;

public sealed class PathPatternTests
{
    [Theory]
    [InlineData("/a", PathKind.Exact, "/a")]
    [InlineData(" /a/* ", PathKind.Prefix, "/a")]
    [InlineData("/*", PathKind.Prefix, "")]
    [InlineData("/%61%2fb", PathKind.Exact, "/a%2Fb")]
    [InlineData("/a b", PathKind.Exact, "/a%20b")]
    [InlineData("/é/*", PathKind.Prefix, "/%C3%A9")]
    [InlineData("/a;v=1/b,c/@x:y", PathKind.Exact, "/a;v=1/b,c/@x:y")]
    [InlineData("/%2A", PathKind.Exact, "/%2A")]
    [InlineData("/a//b", PathKind.Exact, "/a//b")]
    public void A_literal_is_kept_in_the_normal_form_of_request_paths(string text, PathKind kind, string literal)
    {
        PathPattern pattern = Routes.Path(text);
        pattern.Kind.ShouldBe(kind);
        Encoding.ASCII.GetString(pattern.Octets).ShouldBe(literal);

        // What is looked up is what the codec makes of a path.
        byte[] path = Encoding.ASCII.GetBytes(literal + "/x");
        byte[] normal = new byte[path.Length];
        PathNormaliser.Normalise(path, normal, out int written).ShouldBe(RejectReason.None);
        normal.AsSpan(0, written).SequenceEqual(path).ShouldBeTrue();
    }

    [Theory]
    [InlineData("", "does not begin")]
    [InlineData("a/b", "does not begin")]
    [InlineData("*", "does not begin")]
    [InlineData("/a*", "not a whole last segment")]
    [InlineData("/a/*/b", "not a whole last segment")]
    [InlineData("/a/**", "not a whole last segment")]
    [InlineData("/a?b=c", "a query or a fragment")]
    [InlineData("/a%2", "without two hexadecimal digits")]
    [InlineData("/a%zz", "without two hexadecimal digits")]
    [InlineData("/a%00", "could never match")]
    [InlineData("/a\\b", "could never match")]
    [InlineData("/a%5Cb", "could never match")]
    [InlineData("/a/../b", "could never match")]
    [InlineData("/%2E%2E/b/*", "could never match")]
    [InlineData("~ ^/(a", "malformed")]
    [InlineData("~ ^/(a)\\1", "cannot run in linear time")]
    [InlineData("~ ^/(?!a)", "cannot run in linear time")]
    public void A_path_that_cannot_work_is_refused_with_a_cause_and_a_remedy(string text, string cause)
    {
        PathPattern.TryParse(text, false, out PathPattern? pattern, out PatternError? error).ShouldBeFalse();
        pattern.ShouldBeNull();
        error!.Cause.ShouldContain(cause);
        error.Remedy.ShouldNotBeEmpty();
    }
}
