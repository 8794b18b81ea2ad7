using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
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

    [Theory]
    [InlineData("claims.sub")]
    [InlineData("claims[\"sub\"]")]
    public void Requests_of_one_token_are_counted_together_and_without_one_those_of_one_address(string key)
    {
        IModule module = Make(new RateLimitOptions { Key = key, Rate = _onePerMinute });
        ClaimNames.TryFind("sub", out int index).ShouldBeTrue();
        Of("bea", "192.0.2.9").RunRequest(module).ShouldBe(Verdict.Continue);
        Of("bea", "192.0.2.10").RunRequest(module).ShouldBe(Verdict.Answered);
        Of("eve", "192.0.2.9").RunRequest(module).ShouldBe(Verdict.Continue);
        From("192.0.2.9", "").RunRequest(module).ShouldBe(Verdict.Continue);
        From("192.0.2.9", "").RunRequest(module).ShouldBe(Verdict.Answered);

        TestExchange Of(string subject, string client)
        {
            byte[]?[] values = new byte[ClaimNames.Count][];
            values[index] = System.Text.Encoding.UTF8.GetBytes(subject);
            TestExchange exchange = From(client, "");
            exchange.Exchange.Claims = new ExchangeClaims(values);
            return exchange;
        }
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

    [Fact]
    public void Of_several_rates_all_must_let_a_request_pass_and_a_refused_one_spends_nothing()
    {
        IModule module = Make(new RateLimitOptions
        {
            Rates = [new QuotaOptions { Rate = new Rate(1, TimeSpan.FromHours(1)), Burst = 3, Name = "hourly" }, new QuotaOptions { Rate = _onePerMinute, Burst = 2 }],
            Headers = true,
        });
        TestExchange exchange = new();
        exchange.RunRequest(module).ShouldBe(Verdict.Continue);
        exchange.RunRequest(module).ShouldBe(Verdict.Continue);
        exchange.RunRequest(module).ShouldBe(Verdict.Answered);
        exchange.Exchange.RetryAfterSeconds.ShouldBe(60);
        exchange.Exchange.ErrorFields.ToString().ShouldBe(
            "RateLimit-Policy: \"hourly\";q=3;w=10800, \"1/m\";q=2;w=120\r\nRateLimit: \"hourly\";r=1, \"1/m\";r=0;t=60\r\n");
        exchange.Respond(200).RunResponse(module);
        exchange.ResponseFields.ShouldBe(exchange.Exchange.ErrorFields.ToString());
    }

    [Fact]
    public void Who_is_exempt_is_neither_counted_nor_told()
    {
        IModule module = Make(
            new RateLimitOptions { Key = "all", Rate = _onePerMinute, Headers = true, Exempt = [Prefix("192.0.2.0/24")] });
        TestExchange exempt = From("192.0.2.9", "");
        for (int i = 0; i < 3; i++)
        {
            exempt.RunRequest(module).ShouldBe(Verdict.Continue);
        }

        exempt.Respond(200).RunResponse(module);
        exempt.ResponseFields.ShouldBeEmpty();
        From("198.51.100.1", "").RunRequest(module).ShouldBe(Verdict.Continue);
        From("198.51.100.1", "").RunRequest(module).ShouldBe(Verdict.Answered);
        exempt.RunRequest(module).ShouldBe(Verdict.Continue);
    }

    [Theory]
    [InlineData(48, "2001:db8:1:2::1", "2001:db8:1:ffff::1", true)]
    [InlineData(48, "2001:db8:1:2::1", "2001:db8:2::1", false)]
    [InlineData(128, "2001:db8::1", "2001:db8::2", false)]
    [InlineData(120, "2001:db8::1", "2001:db8::2", true)]
    [InlineData(32, "192.0.2.1", "192.0.2.2", false)]
    public void How_much_of_an_IPv6_address_counts_is_the_operators_choice(int bits, string client, string other, bool isSame)
    {
        IModule module = Make(new RateLimitOptions { Rate = _onePerMinute, Ipv6Prefix = bits });
        From(client, "").RunRequest(module).ShouldBe(Verdict.Continue);
        From(other, "").RunRequest(module).ShouldBe(isSame ? Verdict.Answered : Verdict.Continue);
    }

    [Fact]
    public void Who_goes_on_in_spite_of_refusals_gets_nothing_through_for_a_time()
    {
        IModule module = Make(new RateLimitOptions
        {
            Rate = new Rate(1, TimeSpan.FromSeconds(1)),
            Penalty = new PenaltyOptions { Refusals = 3, Within = TimeSpan.FromMinutes(1), For = TimeSpan.FromHours(1) },
        });
        TestExchange exchange = new();
        exchange.RunRequest(module).ShouldBe(Verdict.Continue);
        for (int refusals = 0; refusals < 3; refusals++)
        {
            exchange.RunRequest(module).ShouldBe(Verdict.Answered);
            exchange.Exchange.RetryAfterSeconds.ShouldBe(1);
        }

        exchange.RunRequest(module).ShouldBe(Verdict.Answered);
        exchange.Exchange.RetryAfterSeconds.ShouldBe(3600);
        exchange.Loop.Pass(TimeSpan.FromMinutes(59));
        exchange.RunRequest(module).ShouldBe(Verdict.Answered);
        exchange.Exchange.RetryAfterSeconds.ShouldBe(60);
        exchange.Loop.Pass(TimeSpan.FromMinutes(1));
        exchange.RunRequest(module).ShouldBe(Verdict.Continue);
        From("192.0.2.77", "").RunRequest(module).ShouldBe(Verdict.Continue);
    }

    [Fact]
    public void Rates_beside_a_rate_are_an_error() =>
        TestBuilder.ErrorOf(
            new RateLimitFactory(), new RateLimitOptions { Rate = _onePerMinute, Rates = [new QuotaOptions { Rate = _onePerMinute }] })
            .ShouldStartWith("rates: rates stands in the place of rate");

    [Fact]
    public void A_name_that_would_break_the_field_is_an_error() =>
        TestBuilder.ErrorOf(
            new RateLimitFactory(), new RateLimitOptions { Rates = [new QuotaOptions { Rate = _onePerMinute, Name = "a\"b" }] })
            .ShouldStartWith("rates[0].name: ");

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
        TestBuilder.ErrorOf(new RateLimitFactory(), new RateLimitOptions { Rate = default(Rate) }).ShouldStartWith("rate: ");

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

    private static IpPrefix Prefix(string text)
    {
        IpPrefix.TryParse(text, out IpPrefix prefix).ShouldBeTrue();
        return prefix;
    }

    private static TestExchange From(string client, string field)
    {
        TestExchange exchange = field.Length == 0 ? new() : new("GET /", field);
        exchange.Exchange.ClientAddress = TestExchange.Address(client);
        return exchange;
    }
}
