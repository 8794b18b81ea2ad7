using Weir.Abstractions.Templates;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.Templates;

public sealed class TemplateErrorTests
{
    [Theory]
    [InlineData("a{pth}", TemplateContext.Plain, 1, "There is no placeholder {pth}. Did you mean {path}?")]
    [InlineData("{clientip}", TemplateContext.Plain, 0, "There is no placeholder {clientip}. Did you mean {client.ip}?")]
    [InlineData("{heder.X-A}", TemplateContext.Plain, 0, "There is no placeholder {heder.X-A}. Did you mean {header.X-A}?")]
    [InlineData("{somethingelse}", TemplateContext.Plain, 0, "There is no placeholder {somethingelse}. The reference page lists")]
    [InlineData("{}", TemplateContext.Plain, 0, "There is no placeholder {}.")]
    [InlineData("ab{path", TemplateContext.Plain, 2, "A \"{\" is not closed.")]
    [InlineData("ab}", TemplateContext.Plain, 2, "A \"}\" closes nothing. Write }} for a brace.")]
    [InlineData("{header.}", TemplateContext.Plain, 0, "\"\" is not the name of a header. Write {header.NAME}.")]
    [InlineData("{cookie.a b}", TemplateContext.Plain, 0, "\"a b\" is not the name of a cookie.")]
    [InlineData("{path.0}", TemplateContext.Plain, 0, "\"0\" is neither rest nor a group's number.")]
    [InlineData("{path.10}", TemplateContext.Plain, 0, "\"10\" is neither rest nor a group's number.")]
    [InlineData("a\r\nb", TemplateContext.HeaderValue, 1, "A control character (U+000D) may not stand here.")]
    [InlineData("new", TemplateContext.Path, 0, "\"new\" is not a path. Begin with \"/\" or {path}.")]
    [InlineData("", TemplateContext.Url, 0, "\"\" is not a path.")]
    [InlineData("ftp://x/", TemplateContext.Url, 0, "\"ftp://x/\" is not a path. Begin with \"/\", {path}, http:// or https://.")]
    [InlineData("{header.Next}", TemplateContext.Url, 0, "\"{header.Next}\" is not a path.")]
    [InlineData("//evil.example/", TemplateContext.Url, 1, "A path that begins with \"//\" names another host.")]
    [InlineData("/\\evil.example/", TemplateContext.Url, 1, "A path that begins with \"//\" names another host.")]
    [InlineData("https:///x", TemplateContext.Url, 8, "There is no host.")]
    [InlineData("https://", TemplateContext.Url, 8, "There is no host.")]
    [InlineData("https://{path}", TemplateContext.Url, 8, "There is no host.")]
    [InlineData("https://me@x/", TemplateContext.Url, 10, "\"@\" may not stand in a host.")]
    [InlineData("https://{header.X}/", TemplateContext.Url, 8, "{header.X} may not stand in the host: a client could choose it.")]
    [InlineData("https://{path.rest}/", TemplateContext.Url, 8, "{path.rest} may not stand in the host: a client could choose it.")]
    [InlineData("https://x{cookie.a}/", TemplateContext.Url, 9, "{cookie.a} may not stand in the host: a client could choose it.")]
    [InlineData("{header.X}", TemplateContext.Authority, 0, "{header.X} may not stand in the host: a client could choose it.")]
    [InlineData("app/x", TemplateContext.Authority, 3, "\"/\" may not stand in a host.")]
    [InlineData("", TemplateContext.Authority, 0, "There is no host.")]
    [InlineData("/a?b", TemplateContext.Path, 2, "\"?\" may not stand in a path. The query has an option of its own: query.")]
    [InlineData("/a#b", TemplateContext.Path, 2, "\"#\" may not stand in a path.")]
    [InlineData("/a{?query}", TemplateContext.Path, 2, "{?query} may not stand in a path.")]
    [InlineData("/a{&query}", TemplateContext.Path, 2, "{&query} may not stand here. Use {query}.")]
    [InlineData("/a\\b", TemplateContext.Path, 2, "A backslash may not stand in a path.")]
    [InlineData("/a%2", TemplateContext.Path, 2, "Behind \"%\" two hexadecimal digits are expected. Write %25 for a percent sign.")]
    [InlineData("/a?x=%zz", TemplateContext.Url, 5, "Behind \"%\" two hexadecimal digits are expected.")]
    [InlineData("/a?x=1{?query}", TemplateContext.Url, 6, "{?query} may not stand in a query. Use {query} or {&query}.")]
    [InlineData("?a=1", TemplateContext.Query, 0, "The \"?\" does not belong to the query.")]
    [InlineData("a#b", TemplateContext.Query, 1, "\"#\" may not stand in a query. Write %23.")]
    [InlineData("{&query}", TemplateContext.QueryValue, 0, "{&query} may not stand here.")]
    public void A_mistake_is_named_with_its_place_and_remedy(string text, TemplateContext context, int position, string message)
    {
        Template.Parse(text, context, out TemplateError? error).ShouldBeNull();

        error.ShouldNotBeNull().Position.ShouldBe(position);
        $"{error.Cause} {error.Remedy}".ShouldStartWith(message);
    }

    [Theory]
    [InlineData("/x/{path.rest}", "/old", "has none. Write the path as a prefix")]
    [InlineData("/x/{path.rest}", "~ ^/old/(.*)$", "has none. Write the path as a prefix")]
    [InlineData("/x/{path.1}", "/old/*", "{path.1} is a group of a regular expression, and no route's path here is one.")]
    [InlineData("/x/{path.1}", null, "{path.1} is a group of a regular expression, and no route's path here is one.")]
    [InlineData("/x/{path.2}", "~ ^/old/(.*)$", "{path.2} is not a group of \"~ ^/old/(.*)$\", which has 1.")]
    public void A_placeholder_that_the_route_cannot_fill_is_a_mistake(string text, string? route, string message)
    {
        TestBuilder builder = new(route);

        builder.ParseTemplate("to", text, TemplateContext.Url).ShouldBeNull();

        builder.Errors.ShouldHaveSingleItem().ShouldStartWith("to: ");
        builder.Errors[0].ShouldContain(message);
    }

    [Theory]
    [InlineData("/x/{path.rest}", "/old/*")]
    [InlineData("/x/{path.rest}", null)]
    [InlineData("/x/{path.1}", "~ ^/old/(.*)$")]
    [InlineData("/x/{path.1}", "~ ^/broken(")]
    public void A_placeholder_that_the_route_fills_is_none(string text, string? route)
    {
        TestBuilder builder = new(route);

        builder.ParseTemplate("to", text, TemplateContext.Url).ShouldNotBeNull();

        builder.Errors.ShouldBeEmpty();
    }

    [Fact]
    public void The_reported_mistake_names_the_character_and_the_whole_text()
    {
        TestBuilder builder = new();

        builder.ParseTemplate("set.X", "a{pth}", TemplateContext.HeaderValue).ShouldBeNull();

        builder.Errors.ShouldHaveSingleItem()
            .ShouldBe("set.X: There is no placeholder {pth}. (character 2 of \"a{pth}\") Did you mean {path}?");
    }
}
