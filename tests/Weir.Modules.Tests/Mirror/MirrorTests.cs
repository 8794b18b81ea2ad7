using Weir.Abstractions.Modules;
using Weir.Abstractions.Options;
using Weir.Modules.Mirror;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.Mirror;

public sealed class MirrorTests
{
    [Theory]
    [InlineData("GET /", "")]
    [InlineData("GET /ws", "Upgrade: websocket")]
    public void A_request_goes_on_at_once(string line, string field)
    {
        IModule module = new TestBuilder().Make(new MirrorFactory(), new MirrorOptions { To = "next" });
        TestExchange exchange = field.Length == 0 ? new(line) : new(line, field);
        exchange.RunRequest(module).ShouldBe(Verdict.Continue);
        ((MirrorModule)module).InFlight.ShouldBe(0);
    }

    [Fact]
    public void A_request_that_is_not_drawn_allocates_nothing()
    {
        IModule made = new TestBuilder().Make(new MirrorFactory(), new MirrorOptions { To = "next", Percent = new Percent(0) });
        IRequestModule module = made.ShouldBeAssignableTo<IRequestModule>()!;
        TestExchange exchange = new();
        Allocation.Of(() => module.OnRequestAsync(exchange.Exchange).IsCompletedSuccessfully.ShouldBeTrue()).ShouldBe(0);
    }
}
