using System.Net;
using System.Net.Sockets;
using System.Text;
using Weir.Modules.Challenge;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.Challenge;

public sealed class NamedBotsTests
{
    private readonly Names _names = new();
    private readonly HeardLog _log = new();

    [Theory]
    [InlineData("crawl-1.googlebot.com", "192.0.2.9", true)]
    [InlineData("CRAWL-1.GoogleBot.COM.", "192.0.2.9", true)]
    [InlineData("googlebot.com", "192.0.2.9", true)]
    [InlineData("crawl-1.googlebot.com", "192.0.2.10", false)]
    [InlineData("crawl-1.googlebot.com", "", false)]
    [InlineData("crawl-1.notgooglebot.com", "192.0.2.9", false)]
    [InlineData("googlebot.com.evil.example", "192.0.2.9", false)]
    [InlineData("a b.googlebot.com", "192.0.2.9", false)]
    [InlineData("192.0.2.9", "192.0.2.9", false)]
    [InlineData(null, "192.0.2.9", false)]
    public async Task A_name_must_be_in_the_domain_and_lead_back(string? name, string back, bool isBot)
    {
        _names.Name = name;
        _names.Addresses = back.Length == 0 ? [] : [IPAddress.Parse(back)];
        NamedBots bots = Make();
        TestExchange exchange = new("GET /", "User-Agent: Mozilla/5.0 (compatible; googleBot/2.1)");
        exchange.Exchange.ClientAddress = TestExchange.Address("192.0.2.9");
        bots.Claims(exchange.Exchange).ShouldBeTrue();
        (await bots.CheckAsync(exchange.Exchange)).ShouldBeNull("it is being looked up");
        await bots.Going;
        (await bots.CheckAsync(exchange.Exchange)).ShouldBe(isBot ? "the address is " + name!.TrimEnd('.').ToLowerInvariant() : null);
        _names.Asked.ShouldBe(1);
        exchange.Loop.Pass(TimeSpan.FromHours(2));
        await bots.CheckAsync(exchange.Exchange);
        await bots.Going;
        _names.Asked.ShouldBe(2);
    }

    [Fact]
    public async Task While_it_is_looked_up_a_bot_may_pass()
    {
        TestExchange exchange = new("GET /", "User-Agent: Googlebot");
        exchange.Exchange.ClientAddress = TestExchange.Address("192.0.2.9");
        NamedBots bots = Make(passesUnknown: true);
        (await bots.CheckAsync(exchange.Exchange)).ShouldBe("its address is being looked up");
        await bots.Going;
        (await bots.CheckAsync(exchange.Exchange)).ShouldBeNull();
    }

    [Fact]
    public async Task A_resolver_that_fails_is_told_of_once_and_asked_again_soon()
    {
        _names.Failure = new SocketException((int)SocketError.TryAgain);
        TestExchange exchange = new("GET /", "User-Agent: Googlebot");
        exchange.Exchange.ClientAddress = TestExchange.Address("192.0.2.9");
        NamedBots bots = Make();
        for (int i = 1; i <= 3; i++)
        {
            (await bots.CheckAsync(exchange.Exchange)).ShouldBeNull();
            await bots.Going;
            (await bots.CheckAsync(exchange.Exchange)).ShouldBeNull();
            _names.Asked.ShouldBe(i);
            exchange.Loop.Pass(TimeSpan.FromMinutes(2));
        }

        _log.Warnings.ShouldHaveSingleItem().ShouldStartWith("The name of 192.0.2.9 cannot be looked up");
    }

    [Fact]
    public async Task Only_so_many_are_looked_up_at_once()
    {
        _names.Hold = new TaskCompletionSource();
        NamedBots bots = Make();
        TestExchange exchange = new("GET /", "User-Agent: Googlebot");
        for (int i = 0; i < 100; i++)
        {
            exchange.Exchange.ClientAddress = TestExchange.Address($"192.0.2.{i}");
            (await bots.CheckAsync(exchange.Exchange)).ShouldBeNull();
        }

        _names.Hold.SetResult();
        await bots.Going;
        SpinWait.SpinUntil(() => _names.Asked == 16, TimeSpan.FromSeconds(30)).ShouldBeTrue();
    }

    private NamedBots Make(bool passesUnknown = false) =>
        new([(Encoding.ASCII.GetBytes("Googlebot"), ["googlebot.com", "google.com"])], passesUnknown, _names, _log);

    private sealed class Names : IReverseNames
    {
        private int _asked;

        public string? Name { get; set; }

        public IPAddress[] Addresses { get; set; } = [];

        public Exception? Failure { get; set; }

        public TaskCompletionSource? Hold { get; set; }

        public int Asked => Volatile.Read(ref _asked);

        public async Task<string?> NameOfAsync(IPAddress address)
        {
            Interlocked.Increment(ref _asked);
            if (Hold is { } hold)
            {
                await hold.Task;
            }

            return Failure is { } failure ? throw failure : Name;
        }

        public Task<IPAddress[]> AddressesOfAsync(string name) => Task.FromResult(Addresses);
    }
}
