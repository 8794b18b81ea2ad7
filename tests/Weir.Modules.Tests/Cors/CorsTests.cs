using Weir.Abstractions.Modules;
using Weir.Modules.Cors;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.Cors;

public sealed class CorsTests
{
    private const string App = "https://app.example.com";

    [Theory]
    [InlineData(App, App, true)]
    [InlineData(App, "https://app.example.com:8443", false)]
    [InlineData(App, "http://app.example.com", false)]
    [InlineData(App, "https://app.example.com.evil.test", false)]
    [InlineData(App, "null", false)]
    [InlineData("null", "null", true)]
    [InlineData("https://*.example.com", "https://a.example.com", true)]
    [InlineData("https://*.example.com", "https://a.b.example.com", true)]
    [InlineData("https://*.example.com", "https://example.com", false)]
    [InlineData("https://*.example.com", "https://.example.com", false)]
    [InlineData("https://*.example.com", "https://evil.test/.example.com", false)]
    [InlineData("https://*.example.com", "https://evil.test:1@a.example.com", false)]
    [InlineData("https://*.example.com", "https://evilexample.com", false)]
    [InlineData("https://*.example.com:8443", "https://a.example.com:8443", true)]
    [InlineData("https://*.example.com:8443", "https://a.example.com", false)]
    public void Only_origins_of_the_list_get_permission(string allowed, string origin, bool isAllowed)
    {
        IModule module = Make(new CorsOptions { Origins = [allowed] });
        TestExchange exchange = new TestExchange("GET /", "Origin: " + origin).Respond(200);
        exchange.RunRequest(module).ShouldBe(Verdict.Continue);
        exchange.RunResponse(module);
        exchange.ResponseFields.Contains("Access-Control-Allow-Origin: " + origin, StringComparison.Ordinal).ShouldBe(isAllowed);
        exchange.ResponseFields.ShouldContain("Vary: Origin");
    }

    [Fact]
    public void What_the_origin_server_says_is_replaced()
    {
        IModule module = Make(new CorsOptions { Origins = [App], Expose = ["X-A", "X-B"], Credentials = true });
        TestExchange exchange = new TestExchange("GET /", "Origin: " + App)
            .Respond(
                200, "Access-Control-Allow-Origin: *", "Access-Control-Allow-Credentials: true", "Access-Control-Expose-Headers: Secret");
        exchange.RunResponse(module);
        exchange.ResponseFields.ShouldNotContain("Access-Control-Allow-Origin: *");
        exchange.ResponseFields.ShouldNotContain("Secret");
        exchange.ResponseFields.ShouldContain("Access-Control-Allow-Origin: " + App);
        exchange.ResponseFields.ShouldContain("Access-Control-Allow-Credentials: true");
        exchange.ResponseFields.ShouldContain("Access-Control-Expose-Headers: X-A, X-B");
    }

    [Fact]
    public void Every_origin_is_a_star_that_needs_no_Vary()
    {
        TestExchange exchange = new TestExchange("GET /").Respond(200);
        exchange.RunResponse(Make(new CorsOptions { Origins = ["*"] }));
        exchange.ResponseFields.ShouldContain("Access-Control-Allow-Origin: *");
        exchange.ResponseFields.ShouldNotContain("Vary");
    }

    [Fact]
    public void A_preflight_is_answered_here()
    {
        IModule module = Make(
            new CorsOptions { Origins = [App], Methods = ["GET", "PUT"], Headers = ["X-A"], MaxAge = TimeSpan.FromMinutes(1) });
        TestExchange exchange = new(
            "OPTIONS /x", "Origin: " + App, "Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: x-a");
        exchange.RunRequest(module).ShouldBe(Verdict.Answered);
        exchange.Exchange.Response.Status.ShouldBe(204);
        exchange.ResponseFields.ShouldContain("Access-Control-Allow-Origin: " + App);
        exchange.ResponseFields.ShouldContain("Access-Control-Allow-Methods: GET, PUT");
        exchange.ResponseFields.ShouldContain("Access-Control-Allow-Headers: X-A");
        exchange.ResponseFields.ShouldContain("Access-Control-Max-Age: 60");
        exchange.ResponseFields.ShouldContain("Vary: Origin, Access-Control-Request-Method, Access-Control-Request-Headers");
        exchange.ResponseFields.ShouldNotContain("Private-Network");
    }

    [Fact]
    public void A_preflight_of_a_stranger_gets_no_permission()
    {
        TestExchange exchange = new("OPTIONS /x", "Origin: https://evil.test", "Access-Control-Request-Method: PUT");
        exchange.RunRequest(Make(new CorsOptions { Origins = [App], Headers = ["*"], PrivateNetwork = true })).ShouldBe(Verdict.Answered);
        exchange.Exchange.Response.Status.ShouldBe(204);
        exchange.ResponseFields.ShouldNotContain("Access-Control-Allow");
    }

    [Fact]
    public void A_star_for_headers_gives_what_was_asked_for()
    {
        TestExchange exchange = new(
            "OPTIONS /x", "Origin: " + App, "Access-Control-Request-Method: PUT", "Access-Control-Request-Headers: x-a, x-b",
            "Access-Control-Request-Private-Network: true");
        exchange.RunRequest(Make(new CorsOptions { Origins = [App], Headers = ["*"], PrivateNetwork = true }));
        exchange.ResponseFields.ShouldContain("Access-Control-Allow-Headers: x-a, x-b");
        exchange.ResponseFields.ShouldContain("Access-Control-Allow-Private-Network: true");
    }

    [Theory]
    [InlineData("OPTIONS /", "Origin: " + App)]
    [InlineData("OPTIONS /", "Access-Control-Request-Method: GET")]
    [InlineData("GET /", "Access-Control-Request-Method: GET")]
    public void Other_requests_go_on(string line, string field) =>
        new TestExchange(line, field).RunRequest(Make(new CorsOptions { Origins = [App] })).ShouldBe(Verdict.Continue);

    [Theory]
    [InlineData("app.example.com")]
    [InlineData("https://app.example.com/")]
    [InlineData("https://App.example.com")]
    [InlineData("https://app.*.com")]
    [InlineData("https://user@app.example.com")]
    [InlineData("https://")]
    public void What_no_browser_sends_as_an_origin_is_an_error(string origin) =>
        TestBuilder.ErrorOf(new CorsFactory(), new CorsOptions { Origins = [origin] }).ShouldStartWith(
            $"origins: \"{origin}\" is not an origin.");

    [Fact]
    public void Credentials_for_everyone_are_an_error() =>
        TestBuilder.ErrorOf(new CorsFactory(), new CorsOptions { Origins = ["*"], Credentials = true }).ShouldStartWith("credentials: ");

    [Fact]
    public void A_response_allocates_nothing()
    {
        IResponseModule module = Make(new CorsOptions { Origins = [App], Expose = ["X-A"] }).ShouldBeAssignableTo<IResponseModule>()!;
        TestExchange exchange = new("GET /", "Origin: " + App);
        Allocation.Of(() =>
        {
            exchange.Exchange.Response.Clear();
            module.OnResponseAsync(exchange.Exchange).IsCompletedSuccessfully.ShouldBeTrue();
        }).ShouldBe(0);
    }

    private static IModule Make(CorsOptions options) => new TestBuilder().Make(new CorsFactory(), options);
}
