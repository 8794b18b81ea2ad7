using Weir.Abstractions.Modules;
using Weir.Modules.Rewrite;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.Rewrite;

public sealed class RewriteResponseTests
{
    private static readonly RewriteOptions _strip = new() { StripPrefix = "/old", MapResponses = true };
    private static readonly RewriteOptions _add = new() { AddPrefix = "/app", MapResponses = true };
    private static readonly RewriteOptions _both = new() { StripPrefix = "/old", AddPrefix = "/app", MapResponses = true };

    [Theory]
    [InlineData("/a?x=1#y", "/old/a?x=1#y")]
    [InlineData("/", "/old/")]
    [InlineData("a/b", "a/b")]
    [InlineData("//other.example/a", "//other.example/a")]
    [InlineData("https://other.example/a", "https://other.example/a")]
    [InlineData("https://shop.example.com:8443/a", "https://shop.example.com:8443/old/a")]
    [InlineData("http://SHOP.example.com:8443/a", "http://SHOP.example.com:8443/old/a")]
    [InlineData("https://shop.example.com:8443.evil.example/a", "https://shop.example.com:8443.evil.example/a")]
    [InlineData("mailto:a@b", "mailto:a@b")]
    [InlineData("", "")]
    public void A_stripped_prefix_is_put_back_in_location(string origin, string client)
    {
        Map(_strip, "GET /old/x", "Location: " + origin).ShouldBe($"Location: {client}\r\n");
        Map(_strip, "GET /old/x", "Content-Location: " + origin).ShouldBe($"Content-Location: {client}\r\n");
    }

    [Theory]
    [InlineData("/app/a?x=1", "/a?x=1")]
    [InlineData("/app", "/")]
    [InlineData("/app?x=1", "/?x=1")]
    [InlineData("/application", "/application")]
    [InlineData("/login", "/login")]
    [InlineData("/app//evil.example", "/evil.example")]
    public void An_added_prefix_is_taken_off_location(string origin, string client) =>
        Map(_add, "GET /x", "Location: " + origin).ShouldBe($"Location: {client}\r\n");

    [Fact]
    public void Both_prefixes_are_undone_together()
    {
        Map(_both, "GET /old/x", "Location: /app/a").ShouldBe("Location: /old/a\r\n");
        Map(_both, "GET /old/x", "Location: /app").ShouldBe("Location: /old\r\n");
        Map(_both, "GET /other", "Location: /app/a").ShouldBe("Location: /a\r\n");
    }

    [Fact]
    public void A_prefix_that_was_not_there_is_not_put_back() =>
        Map(_strip, "GET /other", "Location: /a", "Set-Cookie: a=b; Path=/").ShouldBe("Location: /a\r\nSet-Cookie: a=b; Path=/\r\n");

    [Fact]
    public void The_next_exchange_does_not_remember_the_last()
    {
        IModule module = new TestBuilder().Make(new RewriteFactory(), _strip);
        TestExchange test = new("GET /old/x");
        test.RunRequest(module);
        test.Exchange.Reset();
        test.Load("GET /other");
        test.RunRequest(module);
        test.Respond(302, "Location: /a").RunResponse(module);

        test.ResponseFields.ShouldBe("Location: /a\r\n");
    }

    [Fact]
    public void A_host_that_only_the_origin_was_told_becomes_a_path()
    {
        TestExchange test = new("GET /old/x");
        test.Request.SetOriginAuthority(test.Request.Fields.Store("app.internal"u8));
        IModule module = new TestBuilder().Make(new RewriteFactory(), _strip);
        test.RunRequest(module);
        test.Respond(302, "Location: http://app.internal/a").RunResponse(module);

        test.ResponseFields.ShouldBe("Location: /old/a\r\n");
    }

    [Theory]
    [InlineData("5; url=/a", "5; url=/old/a")]
    [InlineData("0;URL='/a b'", "0;URL='/old/a b'")]
    [InlineData("0; url = \"/a\"", "0; url = \"/old/a\"")]
    [InlineData("0, /a", "0, /old/a")]
    [InlineData("5", "5")]
    [InlineData("5; url=", "5; url=")]
    [InlineData("5; url=\"", "5; url=\"")]
    public void The_url_in_refresh_is_mapped(string origin, string client) =>
        Map(_strip, "GET /old/x", "Refresh: " + origin).ShouldBe($"Refresh: {client}\r\n");

    [Theory]
    [InlineData("a=b; Path=/; Secure", "a=b; Path=/old; Secure")]
    [InlineData("a=b;path=/x", "a=b; Path=/old/x")]
    [InlineData("a=b; Path=relative", "a=b; Path=relative")]
    [InlineData("a=b", "a=b")]
    [InlineData("a=Path=/; HttpOnly", "a=Path=/; HttpOnly")]
    [InlineData("__Host-a=b; Path=/; Secure", "__Host-a=b; Path=/; Secure")]
    public void A_stripped_prefix_is_put_back_in_cookie_paths(string origin, string client) =>
        Map(_strip, "GET /old/x", "Set-Cookie: " + origin).ShouldBe($"Set-Cookie: {client}\r\n");

    [Theory]
    [InlineData("a=b; Path=/app", "a=b; Path=/")]
    [InlineData("a=b; Path=/app/", "a=b; Path=/")]
    [InlineData("a=b; Path=/app/x; Secure", "a=b; Path=/x; Secure")]
    [InlineData("a=b; Path=/", "a=b; Path=/")]
    [InlineData("a=b; Path=/apple", "a=b; Path=/apple")]
    public void An_added_prefix_is_taken_off_cookie_paths(string origin, string client) =>
        Map(_add, "GET /x", "Set-Cookie: " + origin).ShouldBe($"Set-Cookie: {client}\r\n");

    [Fact]
    public void Cookies_keep_their_order() =>
        Map(_strip, "GET /old/x", "Set-Cookie: a=1", "Set-Cookie: b=2; Path=/", "X-Between: x", "Set-Cookie: c=3")
            .ShouldBe("Set-Cookie: a=1\r\nX-Between: x\r\nSet-Cookie: b=2; Path=/old\r\nSet-Cookie: c=3\r\n");

    [Theory]
    [InlineData("http://10.0.0.1:8080/a", "/a")]
    [InlineData("HTTP://10.0.0.1:8080/a", "/a")]
    [InlineData("http://10.0.0.1:8080//evil.example", "/evil.example")]
    [InlineData("http://10.0.0.1:80801/a", "http://10.0.0.1:80801/a")]
    [InlineData("http://backend/a", "https://shop.example.com/a")]
    [InlineData("http://backend?x", "https://shop.example.com?x")]
    [InlineData("http://backend", "https://shop.example.com")]
    [InlineData("http://backend.evil.example/a", "http://backend.evil.example/a")]
    [InlineData("http://backend@evil.example/", "http://backend@evil.example/")]
    [InlineData("/v1/a", "/v2/a")]
    [InlineData("/v1", "/v2")]
    [InlineData("/v10", "/v10")]
    [InlineData("/V1", "/V1")]
    public void Explicit_pairs_map_the_beginning_of_a_url(string origin, string client)
    {
        RewriteOptions options = new()
        {
            Location =
            [
                new() { From = "http://10.0.0.1:8080/", To = "/" },
                new() { From = "http://backend", To = "https://{host}" },
                new() { From = "/v1", To = "/v2" },
            ],
        };

        Map(options, "GET /", "Location: " + origin).ShouldBe($"Location: {client}\r\n");
    }

    [Theory]
    [InlineData("a=b; Domain=app.internal; Path=/", "a=b; Domain=example.com; Path=/")]
    [InlineData("a=b; domain=.APP.internal", "a=b; Domain=example.com")]
    [InlineData("a=b; Domain=gone.internal; Secure", "a=b; Secure")]
    [InlineData("a=b; Domain=other.internal", "a=b; Domain=other.internal")]
    [InlineData("a=b; Domain=app.internal; Path=/v1/x; Secure", "a=b; Domain=example.com; Path=/v2/x; Secure")]
    [InlineData("a=b; Path=/v1", "a=b; Path=/v2")]
    [InlineData("a=b; Path=/root/x", "a=b; Path=/x")]
    [InlineData("a=b; Path=/root", "a=b; Path=/")]
    public void Explicit_pairs_map_domains_and_paths_of_cookies(string origin, string client)
    {
        RewriteOptions options = new()
        {
            CookieDomain = [new() { From = ".app.internal", To = "example.com" }, new() { From = "gone.internal", To = "off" }],
            CookiePath = [new() { From = "/v1", To = "/v2" }, new() { From = "/root", To = "/" }],
        };

        Map(options, "GET /", "Set-Cookie: " + origin).ShouldBe($"Set-Cookie: {client}\r\n");
    }

    [Fact]
    public void A_star_maps_any_domain() =>
        Map(new() { CookieDomain = [new() { From = "*", To = "off" }] }, "GET /", "Set-Cookie: a=b; Domain=x.y")
            .ShouldBe("Set-Cookie: a=b\r\n");

    [Fact]
    public void A_cookie_path_of_slash_maps_every_path() =>
        Map(new() { CookiePath = [new() { From = "/", To = "/app" }] }, "GET /", "Set-Cookie: a=b; Path=/x")
            .ShouldBe("Set-Cookie: a=b; Path=/app/x\r\n");

    [Fact]
    public void Without_map_responses_nothing_is_mapped_back() =>
        new TestBuilder().Make(new RewriteFactory(), new() { StripPrefix = "/old" }).ShouldNotBeAssignableTo<IResponseModule>();

    [Fact]
    public void Mappings_alone_have_no_request_moment() =>
        new TestBuilder().Make(new RewriteFactory(), new() { CookiePath = [new() { From = "/a", To = "/b" }] })
            .ShouldNotBeAssignableTo<IRequestModule>();

    [Fact]
    public void A_response_without_such_fields_costs_no_allocation()
    {
        IResponseModule module = (IResponseModule)new TestBuilder().Make(new RewriteFactory(), _both);
        TestExchange test = new TestExchange("GET /old/x").Respond(200, "Content-Type: text/html");

        Allocation.Of(() => module.OnResponseAsync(test.Exchange).IsCompletedSuccessfully.ShouldBeTrue()).ShouldBe(0);
        test.ResponseFields.ShouldBe("Content-Type: text/html\r\n");
    }

    private static string Map(RewriteOptions options, string request, params string[] fields)
    {
        TestExchange test = new(request);
        IModule module = new TestBuilder().Make(new RewriteFactory(), options);
        if (module is IRequestModule)
        {
            test.RunRequest(module).ShouldBe(Verdict.Continue);
        }

        test.Respond(302, fields).RunResponse(module);
        return test.ResponseFields;
    }
}
