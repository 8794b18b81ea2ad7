using Weir.Modules.Rewrite;
using Weir.Modules.Tests.Testing;
using static Weir.Modules.Tests.Headers.HeadersModuleTests;

namespace Weir.Modules.Tests.Rewrite;

public sealed class RewriteFactoryTests
{
    [Theory]
    [InlineData("old")]
    [InlineData("")]
    [InlineData("//old")]
    [InlineData("/old/*")]
    [InlineData("/old?x")]
    [InlineData("/old#x")]
    [InlineData("/a/../..")]
    public void A_prefix_must_be_a_path(string prefix)
    {
        string message = $"\"{prefix}\" is not a path prefix. Write a path without query and without *: /old.";

        ErrorOf(new() { StripPrefix = prefix }).ShouldBe("strip_prefix: " + message);
        ErrorOf(new() { AddPrefix = prefix }).ShouldBe("add_prefix: " + message);
        ErrorOf(new() { CookiePath = [new() { From = prefix, To = "/a" }] }).ShouldBe("cookie_path[0].from: " + message);
        ErrorOf(new() { CookiePath = [new() { From = "/a", To = prefix }] }).ShouldBe("cookie_path[0].to: " + message);
    }

    [Theory]
    [InlineData("", "There is no regular expression.")]
    [InlineData("(", "\"(\" is not a regular expression: ")]
    [InlineData("(a)\\1", "\"(a)\\1\" cannot be matched in linear time. Leave out lookaheads")]
    [InlineData("a(?=b)", "\"a(?=b)\" cannot be matched in linear time.")]
    public void A_broken_expression_is_named(string pattern, string message) =>
        ErrorOf(new() { Replace = new() { Pattern = pattern, With = "/x" } }).ShouldStartWith("replace.pattern: " + message);

    [Theory]
    [InlineData("/x?y", "\"?\" may not stand in a path. The query has an option of its own: query.")]
    [InlineData("/x#y", "\"#\" may not stand in a path.")]
    [InlineData("/x\\y", "\"\\\" may not stand in a path.")]
    [InlineData("/x\ny", "A control character may not stand in a path.")]
    [InlineData("/$2", "$2 is not a group of \"^/(a)\".")]
    [InlineData("/${b}", "${b} is not a group of \"^/(a)\".")]
    public void A_broken_replacement_is_named(string with, string message) =>
        ErrorOf(new() { Replace = new() { Pattern = "^/(a)", With = with } }).ShouldStartWith("replace.with: " + message);

    [Theory]
    [InlineData("new", "path: \"new\" is not a path.")]
    [InlineData("/a?b=1", "path: \"?\" may not stand in a path.")]
    [InlineData("/a%5Cb", "path: \"/a%5Cb\" is a path that Weir refuses from clients, too.")]
    [InlineData("https://example.com/", "path: \"https://example.com/\" is not a path. ")]
    public void A_broken_path_template_is_named(string path, string message) => ErrorOf(new() { Path = path }).ShouldStartWith(message);

    [Fact]
    public void A_path_beside_other_path_operations_is_a_mistake()
    {
        string message =
            "path: path makes the whole path, so nothing is left for strip_prefix, replace and add_prefix. Keep one or the other.";

        ErrorOf(new() { Path = "/a", StripPrefix = "/b" }).ShouldBe(message);
        ErrorOf(new() { Path = "/a", AddPrefix = "/b" }).ShouldBe(message);
        ErrorOf(new() { Path = "/a", Replace = new() { Pattern = "a", With = "b" } }).ShouldBe(message);
    }

    [Fact]
    public void Broken_query_options_are_named()
    {
        ErrorOf(new() { Query = new() { Template = "?a=1" } }).ShouldStartWith("query.template: The \"?\" does not belong to the query.");
        ErrorOf(new() { Query = new() { Template = "a=1", Remove = ["b"] } })
            .ShouldStartWith("query.template: A template makes the whole query");
        ErrorOf(new() { Query = new() { Remove = [""] } }).ShouldStartWith("query.remove: A parameter without a name");
        ErrorOf(new() { Query = new() { Set = Map(("", "1")) } }).ShouldStartWith("query.set: A parameter needs a name.");
        ErrorOf(new() { Query = new() { Add = Map(("a", "{pth}")) } }).ShouldStartWith("query.add.a: There is no placeholder {pth}.");
    }

    [Fact]
    public void What_cannot_be_undone_is_a_mistake()
    {
        ErrorOf(new() { Path = "/a", MapResponses = true })
            .ShouldStartWith("map_responses: Only strip_prefix and add_prefix can be undone");
        ErrorOf(new() { StripPrefix = "/a", Replace = new() { Pattern = "a", With = "b" }, MapResponses = true })
            .ShouldStartWith("map_responses: A replacement by regular expression cannot be undone.");
    }

    [Theory]
    [InlineData("backend", "/", "location[0].from: \"backend\" is not the beginning of a URL.")]
    [InlineData("//backend/", "/", "location[0].from: ")]
    [InlineData("ftp://backend/", "/", "location[0].from: ")]
    [InlineData("http://me@backend/", "/", "location[0].from: ")]
    [InlineData("http://backend/?x", "/", "location[0].from: ")]
    [InlineData("http://backend/", "x", "location[0].to: \"x\" is not a path.")]
    [InlineData("http://backend/", "https://example.com", "location[0]: \"http://backend/\" and \"https://example.com\" do not end alike.")]
    [InlineData("http://backend", "/", "location[0]: \"http://backend\" and \"/\" do not end alike.")]
    [InlineData("/a", "/b?c", "location[0]: ")]
    public void A_broken_location_pair_is_named(string from, string to, string message) =>
        ErrorOf(new() { Location = [new() { From = from, To = to }] }).ShouldStartWith(message);

    [Theory]
    [InlineData("", "example.com", "cookie_domain[0].from: \"\" is not a domain. Write a domain, or * for any.")]
    [InlineData("a b", "example.com", "cookie_domain[0].from: ")]
    [InlineData("app.internal", "", "cookie_domain[0].to: \"\" is not a domain. Write a domain, or off to remove the attribute.")]
    [InlineData("app.internal", "x; Secure", "cookie_domain[0].to: ")]
    [InlineData("app.internal", "*", "cookie_domain[0].to: ")]
    public void A_broken_cookie_domain_is_named(string from, string to, string message) =>
        ErrorOf(new() { CookieDomain = [new() { From = from, To = to }] }).ShouldStartWith(message);

    [Fact]
    public void A_module_without_operations_is_a_mistake() => ErrorOf(new()).ShouldStartWith(": rewrite has nothing to do.");

    [Fact]
    public void All_mistakes_are_reported_at_once()
    {
        TestBuilder builder = new();

        new RewriteFactory().Create((object)new RewriteOptions
        {
            StripPrefix = "a",
            AddPrefix = "b",
            Path = "c",
            Query = new() { Template = "?" },
            CookieDomain = [new() { From = "!", To = "!" }],
        }, builder).ShouldBeNull();

        builder.Errors.Count.ShouldBe(7);
    }

    private static string ErrorOf(RewriteOptions options) => TestBuilder.ErrorOf(new RewriteFactory(), options);
}
