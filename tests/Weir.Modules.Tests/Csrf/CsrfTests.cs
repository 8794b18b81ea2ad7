using Weir.Abstractions.Errors;
using Weir.Abstractions.Modules;
using Weir.Modules.Csrf;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.Csrf;

public sealed class CsrfTests
{
    // The request's own origin is https://shop.example.com:8443.
    [Theory]
    [InlineData("GET", "", true)]
    [InlineData("GET", "Sec-Fetch-Site: cross-site|Origin: https://evil.example", true)]
    [InlineData("HEAD", "Sec-Fetch-Site: cross-site", true)]
    [InlineData("POST", "", true)]
    [InlineData("POST", "Sec-Fetch-Site: same-origin", true)]
    [InlineData("POST", "Sec-Fetch-Site: none", true)]
    [InlineData("POST", "Sec-Fetch-Site: same-site", false)]
    [InlineData("POST", "Sec-Fetch-Site: cross-site", false)]
    [InlineData("POST", "Sec-Fetch-Site: Same-Origin", false)]
    [InlineData("POST", "Sec-Fetch-Site: ", false)]
    [InlineData("POST", "Sec-Fetch-Site: same-origin|Sec-Fetch-Site: cross-site", false)]
    [InlineData("POST", "Sec-Fetch-Site: cross-site|Origin: https://shop.example.com:8443", false)]
    [InlineData("POST", "Origin: https://shop.example.com:8443", true)]
    [InlineData("POST", "Origin: http://shop.example.com:8443", false)]
    [InlineData("POST", "Origin: https://shop.example.com", false)]
    [InlineData("POST", "Origin: https://evil.example", false)]
    [InlineData("POST", "Origin: null", false)]
    [InlineData("POST", "Origin: https://app.partner.example", true)]
    [InlineData("POST", "Origin: https://app.partner.example|Sec-Fetch-Site: cross-site", true)]
    [InlineData("POST", "Origin: https://app.partner.example|Origin: https://evil.example", false)]
    [InlineData("POST", "Origin: https://partner.example.evil.example", false)]
    [InlineData("DELETE", "Sec-Fetch-Site: cross-site", false)]
    [InlineData("UNKNOWN", "Sec-Fetch-Site: cross-site", false)]
    [InlineData("GET", "Upgrade: websocket|Origin: https://evil.example", false)]
    [InlineData("GET", "Upgrade: websocket|Origin: https://shop.example.com:8443", true)]
    public void What_another_site_makes_a_browser_send_is_refused(string method, string fields, bool passes)
    {
        IModule module = Make(new CsrfOptions { Origins = ["https://*.partner.example"] });
        TestExchange exchange = new(method + " /", fields.Split('|', StringSplitOptions.RemoveEmptyEntries));
        exchange.RunRequest(module).ShouldBe(passes ? Verdict.Continue : Verdict.Answered);
        exchange.Exchange.Error.ShouldBe(passes ? null : ProxyErrors.CrossSite);
    }

    [Fact]
    public void Strict_refuses_who_says_nothing()
    {
        TestExchange exchange = new("POST /");
        exchange.RunRequest(Make(new CsrfOptions { Strict = true, Status = 418 })).ShouldBe(Verdict.Answered);
        exchange.Exchange.ErrorStatus.ShouldBe(418);
        exchange.Exchange.ErrorDetail.ShouldBe("it says nothing of where it comes from");
    }

    [Fact]
    public void A_dry_run_counts_and_refuses_nothing()
    {
        TestBuilder builder = new();
        IModule module = builder.Make(new CsrfFactory(), new CsrfOptions { DryRun = true });
        new TestExchange("POST /", "Sec-Fetch-Site: cross-site").RunRequest(module).ShouldBe(Verdict.Continue);
    }

    [Theory]
    [InlineData("null", "sandboxed")]
    [InlineData("example.com", "not an origin")]
    [InlineData("https://example.com/", "not an origin")]
    public void An_origin_that_is_none_is_refused(string origin, string says) =>
        TestBuilder.ErrorOf(new CsrfFactory(), new CsrfOptions { Origins = [origin] }).ShouldContain(says);

    [Fact]
    public void A_request_allocates_nothing()
    {
        IModule module = Make(new CsrfOptions { Origins = ["https://*.partner.example"] });
        TestExchange exchange = new("POST /", "Origin: https://shop.example.com:8443", "Sec-Fetch-Site: same-origin");
        Allocation.Of(() => _ = ((IRequestModule)module).OnRequestAsync(exchange.Exchange).Result).ShouldBe(0);
    }

    private static IModule Make(CsrfOptions options) => new TestBuilder().Make(new CsrfFactory(), options);
}
