using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.Abstractions.Tracing;
using Weir.Modules.Access;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.Access;

public sealed class AccessTests
{
    [Theory]
    [InlineData("", "", "192.0.2.9", true)]
    [InlineData("10.0.0.0/8", "", "10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "", "192.0.2.9", false)]
    [InlineData("", "192.0.2.0/24", "192.0.2.9", false)]
    [InlineData("", "192.0.2.0/24", "10.1.2.3", true)]
    [InlineData("10.0.0.0/8", "10.66.0.0/16", "10.66.0.1", false)]
    [InlineData("10.66.6.0/24", "10.66.0.0/16", "10.66.6.1", true)]
    [InlineData("10.0.0.0/8", "10.0.0.0/8", "10.1.1.1", false)]
    [InlineData("10.0.0.0/8", "192.0.2.0/24", "203.0.113.1", false)]
    public void The_longest_range_decides_and_of_equal_ones_the_refusal(string allow, string deny, string client, bool isAllowed)
    {
        using AccessModule module = Make(new AccessOptions { Allow = Ranges(allow), Deny = Ranges(deny) });
        TestExchange exchange = From(client);
        exchange.RunRequest(module).ShouldBe(isAllowed ? Verdict.Continue : Verdict.Answered);
        exchange.Exchange.Error.ShouldBe(isAllowed ? null : ProxyErrors.AccessDenied);

        ConnectionInfo connection = new(1, TestExchange.Address(client), 1, default, 80, false, ":80");
        module.OnConnected(connection).ShouldBe(isAllowed ? Verdict.Continue : Verdict.Abort);
    }

    [Theory]
    [InlineData("10.0.0.0/8", "", false)]
    [InlineData("", "10.0.0.0/8", true)]
    public void A_peer_without_an_address_is_named_by_no_rule(string allow, string deny, bool isAllowed)
    {
        using AccessModule module = Make(new AccessOptions { Allow = Ranges(allow), Deny = Ranges(deny) });
        TestExchange exchange = new();
        exchange.Exchange.ClientAddress = IpAddress.None;
        exchange.RunRequest(module).ShouldBe(isAllowed ? Verdict.Continue : Verdict.Answered);
    }

    [Fact]
    public void The_status_is_what_the_options_say()
    {
        using AccessModule module = Make(new AccessOptions { Deny = Ranges("192.0.2.0/24"), Status = 404 });
        TestExchange exchange = From("192.0.2.9");
        exchange.RunRequest(module);
        exchange.Exchange.ErrorStatus.ShouldBe(404);
    }

    [Fact]
    public void A_trace_names_the_rule()
    {
        using AccessModule module = Make(new AccessOptions { Allow = Ranges("10.0.0.0/8"), Deny = Ranges("10.66.0.0/16") });
        Said(module, "10.66.0.1").ShouldBe("refused 10.66.0.1: deny: 10.66.0.0/16");
        Said(module, "10.1.0.1").ShouldBe("let in 10.1.0.1: allow: 10.0.0.0/8");
        Said(module, "192.0.2.9").ShouldBe("refused 192.0.2.9: no rule names it");
    }

    [Fact]
    public void No_rules_at_all_are_a_doubt()
    {
        TestBuilder builder = new();
        using AccessModule module = builder.Make(new AccessFactory(), new AccessOptions()).ShouldBeOfType<AccessModule>();
        builder.Warnings.ShouldHaveSingleItem().ShouldContain("lets everyone in");
    }

    [Fact]
    public void A_request_allocates_nothing()
    {
        using AccessModule module = Make(new AccessOptions { Allow = Ranges("10.0.0.0/8"), Deny = Ranges("10.66.0.0/16") });
        TestExchange exchange = From("10.1.2.3");
        Allocation.Of(() => _ = module.OnRequestAsync(exchange.Exchange).Result).ShouldBe(0);
    }

    private static string Said(AccessModule module, string client)
    {
        TestExchange exchange = From(client);
        exchange.Exchange.Trace = new Trace();
        exchange.RunRequest(module);
        return exchange.Exchange.Trace.Steps.ShouldHaveSingleItem().Text;
    }

    private static TestExchange From(string client)
    {
        TestExchange exchange = new();
        exchange.Exchange.ClientAddress = TestExchange.Address(client);
        return exchange;
    }

    private static AccessModule Make(AccessOptions options) =>
        new TestBuilder().Make(new AccessFactory(), options).ShouldBeOfType<AccessModule>();

    private static IpPrefix[] Ranges(string text) => [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word =>
    {
        IpPrefix.TryParse(word, out IpPrefix range).ShouldBeTrue();
        return range;
    })];
}
