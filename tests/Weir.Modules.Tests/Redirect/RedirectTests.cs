using Weir.Abstractions.Modules;
using Weir.Modules.Redirect;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.Redirect;

public sealed class RedirectTests
{
    [Theory]
    [InlineData("/new", "/new?x=1")]
    [InlineData("/new/{path.rest}", "/new/a/b?x=1")]
    [InlineData("https://{host}{path}", "https://shop.example.com/old/a/b?x=1")]
    [InlineData("https://{authority}{path}{?query}", "https://shop.example.com:8443/old/a/b?x=1")]
    [InlineData("https://example.com", "https://example.com?x=1")]
    [InlineData("/new?y=2", "/new?y=2")]
    [InlineData("/new?y=2{&query}", "/new?y=2&x=1")]
    [InlineData("/new#part", "/new?x=1#part")]
    public void The_target_is_rendered_and_the_query_goes_along(string to, string location)
    {
        TestExchange test = Run(new() { To = to }, "GET /old/a/b?x=1");

        test.Exchange.Response.Status.ShouldBe(308);
        test.ResponseFields.ShouldBe($"Location: {location}\r\n");
        test.AnswerBody().ShouldBe("");
    }

    [Fact]
    public void Without_a_query_nothing_is_put_behind_the_target() =>
        Run(new() { To = "/new" }, "GET /old/a").ResponseFields.ShouldBe("Location: /new\r\n");

    [Theory]
    [InlineData("/new", false, "/new")]
    [InlineData("/new", true, "/new?x=1")]
    [InlineData("/new?y=2", true, "/new?y=2&x=1")]
    [InlineData("/new?y=2#p", true, "/new?y=2&x=1#p")]
    public void Keep_query_decides_where_it_is_given(string to, bool keepQuery, string location) =>
        Run(new() { To = to, KeepQuery = keepQuery }, "GET /old/a?x=1").ResponseFields.ShouldBe($"Location: {location}\r\n");

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    [InlineData(307)]
    [InlineData(308)]
    public void The_status_is_the_one_given(int status) =>
        Run(new() { To = "/new", Status = status }, "POST /old/a").Exchange.Response.Status.ShouldBe(status);

    [Theory]
    [InlineData("GET /old//evil.example", "/evil.example")]
    [InlineData("GET /old///evil.example/x", "/evil.example/x")]
    [InlineData("GET /old/%5Cevil.example", "/%5Cevil.example")]
    public void A_client_cannot_choose_the_host(string request, string location)
    {
        TestExchange test = new(request);
        test.Exchange.RoutePrefixLength = 4;
        IModule module = new TestBuilder("/old/*").Make(new RedirectFactory(), new() { To = "/{path.rest}" });
        test.RunRequest(module).ShouldBe(Verdict.Answered);

        test.ResponseFields.ShouldBe($"Location: {location}\r\n");
    }

    [Fact]
    public void A_target_that_leaves_its_path_is_refused()
    {
        TestExchange test = Run(new() { To = "/docs/{header.X-Page}" }, "GET /old/a", "X-Page: ..");

        test.Exchange.Response.Status.ShouldBe(400);
        test.ResponseFields.ShouldNotContain("Location");
        test.AnswerBody().ShouldNotBeEmpty();
        test.Exchange.ErrorDetail.ShouldNotBeNull();
    }

    [Fact]
    public void The_trace_names_the_target()
    {
        TestExchange test = new();
        test.Exchange.Trace = new();
        test.RunRequest(new TestBuilder().Make(new RedirectFactory(), new() { To = "/new" }));

        test.Exchange.Trace.Steps.ShouldHaveSingleItem().Text.ShouldBe("308 to /new");
    }

    [Theory]
    [InlineData(300)]
    [InlineData(304)]
    [InlineData(200)]
    public void Another_status_is_a_mistake(int status) =>
        TestBuilder.ErrorOf(new RedirectFactory(), new() { To = "/new", Status = status })
            .ShouldBe($"status: {status} is not a redirect. Use 301, 302, 303, 307 or 308.");

    [Fact]
    public void A_missing_target_is_a_mistake() =>
        TestBuilder.ErrorOf(new RedirectFactory(), new())
            .ShouldBe("to: redirect has no target. Write redirect: /new, or redirect: { to: /new }.");

    [Theory]
    [InlineData("//example.com/")]
    [InlineData("new")]
    [InlineData("https://{header.Host}/")]
    [InlineData("javascript:alert(1)")]
    public void A_target_that_is_no_url_is_a_mistake(string to) =>
        TestBuilder.ErrorOf(new RedirectFactory(), new() { To = to }).ShouldStartWith("to: ");

    [Fact]
    public void Keep_query_beside_a_named_query_is_a_mistake() =>
        TestBuilder.ErrorOf(new RedirectFactory(), new() { To = "/a{?query}", KeepQuery = true })
            .ShouldBe("keep_query: \"/a{?query}\" already says where the query goes. Remove keep_query.");

    [Theory]
    [InlineData("/old/*", "/old/new", true)]
    [InlineData("/old/*", "/old", true)]
    [InlineData("/old", "/old?x=1", true)]
    [InlineData("/old/*", "/older", false)]
    [InlineData("/old", "/old/x", false)]
    [InlineData("~ ^/old", "/old", false)]
    [InlineData(null, "/old", false)]
    public void A_redirect_into_its_own_route_is_warned_of(string? route, string to, bool isWarned)
    {
        TestBuilder builder = new(route);
        builder.Make(new RedirectFactory(), new() { To = to });

        builder.Warnings.Count.ShouldBe(isWarned ? 1 : 0);
    }

    private static TestExchange Run(RedirectOptions options, string request, params string[] fields)
    {
        TestExchange test = new(request, fields);
        test.Exchange.RoutePrefixLength = 4;
        test.RunRequest(new TestBuilder("/old/*").Make(new RedirectFactory(), options)).ShouldBe(Verdict.Answered);
        return test;
    }
}
