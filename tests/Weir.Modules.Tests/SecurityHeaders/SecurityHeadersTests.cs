using Weir.Abstractions.Modules;
using Weir.Modules.SecurityHeaders;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.SecurityHeaders;

public sealed class SecurityHeadersTests
{
    [Fact]
    public void The_defaults_are_set_and_products_are_hidden()
    {
        TestExchange exchange = new TestExchange().Respond(200, "X-Powered-By: PHP/8", "Server: x");
        exchange.RunResponse(Make(new SecurityHeadersOptions()));
        exchange.ResponseFields.ShouldContain("Strict-Transport-Security: max-age=31536000\r\n");
        exchange.ResponseFields.ShouldContain("X-Content-Type-Options: nosniff\r\n");
        exchange.ResponseFields.ShouldContain("X-Frame-Options: SAMEORIGIN\r\n");
        exchange.ResponseFields.ShouldContain("Referrer-Policy: strict-origin-when-cross-origin\r\n");
        exchange.ResponseFields.ShouldContain("Cross-Origin-Opener-Policy: same-origin-allow-popups\r\n");
        exchange.ResponseFields.ShouldContain("Server: x");
        exchange.ResponseFields.ShouldNotContain("PHP");
        exchange.ResponseFields.ShouldNotContain("Content-Security-Policy");
    }

    [Theory]
    [InlineData(false, "DENY")]
    [InlineData(true, "SAMEORIGIN")]
    public void What_the_origin_set_stays_unless_it_is_overridden(bool isOverriding, string expected)
    {
        TestExchange exchange = new TestExchange().Respond(200, "x-frame-options: DENY");
        exchange.RunResponse(Make(new SecurityHeadersOptions { Override = isOverriding }));
        exchange.ResponseFields.ShouldContain($"rame-{(isOverriding ? "O" : "o")}ptions: {expected}\r\n");
        exchange.ResponseFields.Split("rame-", StringSplitOptions.None).Length.ShouldBe(2);
    }

    [Fact]
    public void Transport_security_is_not_announced_over_http()
    {
        TestExchange exchange = new TestExchange().Respond(200);
        exchange.Request.IsHttps = false;
        exchange.RunResponse(Make(new SecurityHeadersOptions()));
        exchange.ResponseFields.ShouldNotContain("Strict-Transport-Security");
    }

    [Fact]
    public void Off_leaves_a_field_out()
    {
        TestExchange exchange = new TestExchange().Respond(200, "X-Powered-By: x");
        exchange.RunResponse(Make(new SecurityHeadersOptions
        {
            Hsts = "off",
            ContentTypeOptions = "off",
            FrameOptions = "off",
            ReferrerPolicy = "off",
            OpenerPolicy = "off",
            Hide = [],
        }));
        exchange.ResponseFields.ShouldBe("X-Powered-By: x\r\n");
    }

    [Fact]
    public void Transport_security_without_a_time_is_an_error() =>
        TestBuilder.ErrorOf(new SecurityHeadersFactory(), new SecurityHeadersOptions { Hsts = "includeSubDomains" })
            .ShouldStartWith("hsts: \"includeSubDomains\" has no max-age.");

    [Fact]
    public void A_field_name_that_is_none_is_an_error() =>
        TestBuilder.ErrorOf(new SecurityHeadersFactory(), new SecurityHeadersOptions { Hide = ["X Y"] }).ShouldStartWith("hide: ");

    [Fact]
    public void A_response_allocates_nothing()
    {
        IResponseModule module = Make(new SecurityHeadersOptions()).ShouldBeAssignableTo<IResponseModule>()!;
        TestExchange exchange = new();
        Allocation.Of(() =>
        {
            exchange.Exchange.Response.Clear();
            module.OnResponseAsync(exchange.Exchange).IsCompletedSuccessfully.ShouldBeTrue();
        }).ShouldBe(0);
    }

    private static IModule Make(SecurityHeadersOptions options) => new TestBuilder().Make(new SecurityHeadersFactory(), options);
}
