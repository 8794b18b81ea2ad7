using System.Buffers;
using System.Text;
using Weir.Abstractions.Templates;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.Templates;

public sealed class TemplateTests
{
    [Theory]
    [InlineData("{method}", "GET")]
    [InlineData("{scheme}", "https")]
    [InlineData("{host}", "shop.example.com")]
    [InlineData("{port}", "8443")]
    [InlineData("{authority}", "shop.example.com:8443")]
    [InlineData("{path}", "/old/a/b")]
    [InlineData("{path.rest}", "a/b")]
    [InlineData("{query}", "x=1")]
    [InlineData("{?query}", "?x=1")]
    [InlineData("{&query}", "&x=1")]
    [InlineData("{header.X-Tag}", "one")]
    [InlineData("{header.user-agent}", "curl")]
    [InlineData("{header.X-None}", "")]
    [InlineData("{cookie.b}", "2")]
    [InlineData("{cookie.c}", "3=4")]
    [InlineData("{cookie.z}", "")]
    [InlineData("{client.ip}", "192.0.2.9")]
    [InlineData("{client.port}", "54321")]
    [InlineData("{request_id}", "id-1")]
    [InlineData("{site}", "größe")]
    [InlineData("{route}", "/old/*")]
    [InlineData("{upstream}", "app")]
    [InlineData("{status}", "")]
    [InlineData("{time.unix_ms}", "1700000000123")]
    [InlineData("a{{b}}c", "a{b}c")]
    [InlineData("{{{method}}}", "{GET}")]
    [InlineData("", "")]
    public void Each_placeholder_renders_its_value(string text, string expected)
    {
        string[] cookies = ["Cookie: a=1; b=2", "Cookie: c=3=4; ab=0"];
        TestExchange test = new("GET /old/a/b?x=1", ["X-Tag: one", "X-Tag: two", "User-Agent: curl", .. cookies]);
        test.Exchange.RoutePrefixLength = 4;
        test.Exchange.SetRequestId("id-1"u8);
        test.Exchange.SiteName = "größe";
        test.Exchange.RouteName = "/old/*";
        test.Exchange.UpstreamName = "app";

        Render(text, TemplateContext.Plain, test).ShouldBe(expected);
    }

    [Fact]
    public void Every_placeholder_of_the_table_can_be_parsed()
    {
        foreach ((string name, _, string meaning) in TemplateNames.All)
        {
            string written = name[^1] != '.' ? name : name == "path." ? "path.1" : name + "Name";
            Parse($"{{{written}}}", TemplateContext.Plain).IsConstant.ShouldBeFalse();
            meaning.ShouldEndWith(".");
        }
    }

    [Fact]
    public void The_status_is_known_on_the_way_up()
    {
        TestExchange test = new TestExchange().Respond(503);

        Render("{status}", TemplateContext.HeaderValue, test).ShouldBe("503");
    }

    [Fact]
    public void A_trusted_proxys_client_address_is_rendered()
    {
        TestExchange test = new();
        test.Exchange.ClientAddress = TestExchange.Address("2001:db8::7");

        Render("{client.ip}", TemplateContext.Plain, test).ShouldBe("2001:db8::7");
    }

    [Fact]
    public void Captures_and_rest_stay_what_routing_matched_when_the_path_changes()
    {
        TestExchange test = new("GET /old/ab/c");
        test.Exchange.RoutePrefixLength = 4;
        test.Exchange.RouteCaptures.Set(2, 5, 2);
        test.Request.ReplacePath("/x"u8);

        Render("{path.rest}|{path.1}|{path.2}|{path}", TemplateContext.Plain, test).ShouldBe("ab/c||ab|/x");
    }

    [Fact]
    public void Before_routing_the_rest_is_the_whole_path() =>
        Render("{path.rest}", TemplateContext.Plain, new TestExchange("GET /a/b")).ShouldBe("a/b");

    [Fact]
    public void A_reset_exchange_remembers_no_route()
    {
        TestExchange test = new("GET /old/ab");
        test.Exchange.RoutePrefixLength = 4;
        test.Exchange.RouteCaptures.Set(1, 5, 2);
        test.Exchange.Reset();

        test.Exchange.RouteCapture(1).Length.ShouldBe(0);
        test.Exchange.RouteRest.Length.ShouldBe(0);
    }

    [Fact]
    public void A_target_that_is_too_small_is_said()
    {
        TestExchange test = new("GET /abc");
        Template template = Parse("{path}", TemplateContext.Plain);

        template.TryRender(test.Exchange, new byte[3], out int written).ShouldBe(OperationStatus.DestinationTooSmall);
        written.ShouldBe(0);
        template.TryRender(test.Exchange, new byte[4], out written).ShouldBe(OperationStatus.Done);
        written.ShouldBe(4);
    }

    [Fact]
    public void A_long_value_is_stored_and_an_endless_one_is_refused()
    {
        Template template = Parse("{header.X-Long}", TemplateContext.HeaderValue);
        TestExchange test = new("GET /", "X-Long: " + new string('a', 20_000));
        template.TryStore(test.Exchange, test.Request.Fields, out Weir.Abstractions.Heads.ByteSlice stored).ShouldBeTrue();
        stored.Length.ShouldBe(20_000);

        test = new("GET /", "X-Long: " + new string('a', Template.MaxOctets + 1));
        template.TryStore(test.Exchange, test.Request.Fields, out _).ShouldBeFalse();
    }

    [Fact]
    public void Rendering_allocates_nothing()
    {
        TestExchange test = new("GET /old/a%20b?x=1", "X-Tag: one", "Cookie: a=1; b=2");
        test.Exchange.SiteName = "shop.example.com";
        byte[] target = new byte[512];
        Template url = Parse("https://{host}/new/{path.rest}/{header.X-Tag}?b={cookie.b}{&query}", TemplateContext.Url);
        Template value = Parse("{client.ip} {site} {time.unix_ms} {port}", TemplateContext.HeaderValue);

        Allocation.Of(() =>
        {
            url.TryRender(test.Exchange, target, out _);
            value.TryRender(test.Exchange, target, out _);
        }).ShouldBe(0);
    }

    internal static Template Parse(string text, TemplateContext context)
    {
        Template? template = Template.Parse(text, context, out TemplateError? error);
        error.ShouldBeNull();
        return template.ShouldNotBeNull();
    }

    internal static string? Render(string text, TemplateContext context, TestExchange test)
    {
        byte[] target = new byte[4096];
        OperationStatus status = Parse(text, context).TryRender(test.Exchange, target, out int written);
        status.ShouldNotBe(OperationStatus.DestinationTooSmall);
        return status == OperationStatus.Done ? Encoding.UTF8.GetString(target, 0, written) : null;
    }
}
