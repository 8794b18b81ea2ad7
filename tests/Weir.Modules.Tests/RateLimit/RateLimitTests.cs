using Weir.Abstractions.Errors;
using Weir.Abstractions.Modules;
using Weir.Abstractions.Options;
using Weir.Modules.RateLimit;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.RateLimit;

public sealed class RateLimitTests
{
    private static readonly Rate _onePerMinute = new(1, TimeSpan.FromMinutes(1));

    [Theory]
    [InlineData("client_ip", "192.0.2.9", "", "192.0.2.9", "", true)]
    [InlineData("client_ip", "192.0.2.9", "", "192.0.2.10", "", false)]
    [InlineData("client_ip", "2001:db8:1:2::1", "", "2001:db8:1:2:ffff::9", "", true)]
    [InlineData("client_ip", "2001:db8:1:2::1", "", "2001:db8:1:3::1", "", false)]
    [InlineData("client_ip", "::1", "", "0.0.0.1", "", false)]
    [InlineData("header.X-Api-Key", "192.0.2.9", "X-Api-Key: a", "192.0.2.10", "X-Api-Key: a", true)]
    [InlineData("header.X-Api-Key", "192.0.2.9", "X-Api-Key: a", "192.0.2.9", "X-Api-Key: b", false)]
    [InlineData("header.X-Api-Key", "192.0.2.9", "", "192.0.2.9", "", true)]
    [InlineData("header.User-Agent", "192.0.2.9", "User-Agent: a", "192.0.2.10", "User-Agent: a", true)]
    [InlineData("cookie.sid", "192.0.2.9", "Cookie: x=1; sid=7", "192.0.2.10", "Cookie: sid=7", true)]
    [InlineData("cookie.sid", "192.0.2.9", "Cookie: sid=7", "192.0.2.9", "Cookie: sid=8", false)]
    [InlineData("host", "192.0.2.9", "", "192.0.2.10", "", true)]
    [InlineData("all", "192.0.2.9", "", "2001:db8::1", "", true)]
    public void Requests_of_one_key_are_counted_together(
        string key, string client, string field, string otherClient, string otherField, bool isSame)
    {
        IModule module = Make(new RateLimitOptions { Key = key, Rate = _onePerMinute });
        From(client, field).RunRequest(module).ShouldBe(Verdict.Continue);
        From(otherClient, otherField).RunRequest(module).ShouldBe(isSame ? Verdict.Answered : Verdict.Continue);
    }

    [Fact]
    public void A_refusal_says_when_to_come_again()
    {
        IModule module = Make(new RateLimitOptions { Rate = _onePerMinute, Status = 503 });
        TestExchange exchange = new();
        exchange.RunRequest(module);
        exchange.RunRequest(module).ShouldBe(Verdict.Answered);
        exchange.Exchange.Error.ShouldBe(ProxyErrors.RateLimited);
        exchange.Exchange.ErrorStatus.ShouldBe(503);
        exchange.Exchange.RetryAfterSeconds.ShouldBe(60);
    }

    [Fact]
    public void A_question_is_not_counted()
    {
        IModule module = Make(new RateLimitOptions { Rate = _onePerMinute });
        TestExchange exchange = new();
        exchange.Exchange.IsHypothetical = true;
        exchange.RunRequest(module).ShouldBe(Verdict.Continue);
        exchange.RunRequest(module).ShouldBe(Verdict.Continue);
        exchange.Exchange.IsHypothetical = false;
        exchange.RunRequest(module).ShouldBe(Verdict.Continue);
        exchange.Exchange.IsHypothetical = true;
        exchange.RunRequest(module).ShouldBe(Verdict.Answered);
    }

    [Fact]
    public void A_limit_on_trial_refuses_nothing_and_says_so_now_and_then()
    {
        TestBuilder builder = new();
        IModule module = builder.Make(new RateLimitFactory(), new RateLimitOptions { Rate = _onePerMinute, DryRun = true });
        TestExchange exchange = new();
        exchange.Exchange.ClientAddress = TestExchange.Address("192.0.2.9");
        for (int i = 0; i < 5; i++)
        {
            exchange.RunRequest(module).ShouldBe(Verdict.Continue);
        }

        builder.Heard.Notes.ShouldBe(["dry_run: 1 requests would have been refused so far, the last one of 192.0.2.9."]);
    }

    [Fact]
    public void Responses_say_what_is_left_where_that_is_asked_for()
    {
        IModule module = Make(new RateLimitOptions { Rate = new Rate(10, TimeSpan.FromSeconds(1)), Burst = 20, Headers = true });
        TestExchange exchange = new();
        exchange.RunRequest(module);
        exchange.Respond(200, "RateLimit: \"theirs\";r=1").RunResponse(module);
        exchange.ResponseFields.ShouldContain("RateLimit: \"default\";r=19");
        exchange.ResponseFields.ShouldContain("RateLimit-Policy: \"default\";q=20;w=2");
        exchange.ResponseFields.ShouldNotContain("theirs");
    }

    [Theory]
    [InlineData("client")]
    [InlineData("header.")]
    [InlineData("header.a b")]
    [InlineData("cookie.")]
    [InlineData("Header.X")]
    public void A_key_that_is_none_is_an_error(string key) =>
        TestBuilder.ErrorOf(new RateLimitFactory(), new RateLimitOptions { Key = key }).ShouldStartWith($"key: \"{key}\" is not a key.");

    [Fact]
    public void A_burst_that_never_comes_back_is_an_error() =>
        TestBuilder.ErrorOf(new RateLimitFactory(), new RateLimitOptions { Rate = new Rate(1, TimeSpan.FromDays(1)), Burst = 1_000_000 })
            .ShouldStartWith("burst: At 1/d ");

    [Fact]
    public void A_rate_of_nothing_is_an_error() =>
        TestBuilder.ErrorOf(new RateLimitFactory(), new RateLimitOptions { Rate = default }).ShouldStartWith("rate: ");

    [Theory]
    [InlineData("client_ip", false)]
    [InlineData("header.X-Api-Key", false)]
    [InlineData("cookie.sid", true)]
    public void A_request_allocates_nothing(string key, bool tells)
    {
        IModule module = Make(new RateLimitOptions { Key = key, Headers = tells, Burst = 1_000_000 });
        TestExchange exchange = new("GET /", "X-Api-Key: a", "Cookie: sid=1");
        Allocation.Of(() =>
        {
            _ = ((IRequestModule)module).OnRequestAsync(exchange.Exchange).Result;
            if (tells)
            {
                exchange.Exchange.Response.Clear();
                ((IResponseModule)module).OnResponseAsync(exchange.Exchange).GetAwaiter().GetResult();
            }
        }).ShouldBe(0);
    }

    private static IModule Make(RateLimitOptions options) => new TestBuilder().Make(new RateLimitFactory(), options);

    private static TestExchange From(string client, string field)
    {
        TestExchange exchange = field.Length == 0 ? new() : new("GET /", field);
        exchange.Exchange.ClientAddress = TestExchange.Address(client);
        return exchange;
    }
}
