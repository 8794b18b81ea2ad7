using Weir.Admin.Access;

namespace Weir.Admin.Tests.Access;

public sealed class AdminTokenTests
{
    [Theory]
    [InlineData("", "fewer than 16")]
    [InlineData("short", "fewer than 16")]
    [InlineData("a token with spaces in it", "no printable ASCII")]
    [InlineData("0123456789abcdef\u00e9", "no printable ASCII")]
    public void A_file_without_a_good_token_is_told_of(string content, string expected)
    {
        using TemporaryFolder folder = new();
        AdminToken.Read(folder.Write("token", content), out string problem).ShouldBeNull();
        problem.ShouldContain(expected);
    }

    [Fact]
    public void A_file_that_is_too_long_or_missing_is_told_of()
    {
        using TemporaryFolder folder = new();
        AdminToken.Read(folder.Write("token", new string('a', 5000)), out string problem).ShouldBeNull();
        problem.ShouldContain("4096");
        AdminToken.Read(folder.Path("none"), out problem).ShouldBeNull();
        problem.ShouldContain("none");
    }

    [Fact]
    public void A_changed_file_is_obeyed_and_a_lost_one_matches_nothing()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("token", "first-token-0123456789\n");
        AdminToken token = new(file);
        token.Matches("first-token-0123456789").ShouldBeTrue();
        token.Matches("first-token-012345678").ShouldBeFalse();
        token.Matches("").ShouldBeFalse();
        folder.Write("token", "other-token-0123456789");
        File.SetLastWriteTimeUtc(file, new DateTime(2030, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        token.Matches("first-token-0123456789").ShouldBeFalse();
        token.Matches("other-token-0123456789").ShouldBeTrue();
        File.Delete(file);
        token.Matches("other-token-0123456789").ShouldBeFalse();
    }
}
