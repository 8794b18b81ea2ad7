using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.Abstractions.Tracing;
using Weir.Modules.Filter;
using Weir.Modules.Tests.Testing;

namespace Weir.Modules.Tests.Filter;

public sealed class FilterTests
{
    [Fact]
    public void The_first_rule_that_blocks_ends_it()
    {
        IModule module = Make(
            new FilterRuleOptions { Name = "a", When = "request.path.startsWith(\"/wp-\")", Status = 404 },
            new FilterRuleOptions { Name = "b", When = "request.path.startsWith(\"/\")", Status = 410 });
        TestExchange exchange = new("GET /wp-login.php");
        exchange.RunRequest(module).ShouldBe(Verdict.Answered);
        exchange.Exchange.Error.ShouldBe(ProxyErrors.Filtered);
        exchange.Exchange.ErrorStatus.ShouldBe(404);
        exchange.Exchange.ErrorDetail.ShouldBe("filter rule \"a\"");
        TestExchange other = new("GET /");
        other.RunRequest(module).ShouldBe(Verdict.Answered);
        other.Exchange.ErrorStatus.ShouldBe(410);
    }

    [Fact]
    public void A_message_is_the_answer()
    {
        IModule module = Make(new FilterRuleOptions { When = "true", Message = "Not from here.", Status = 451 });
        TestExchange exchange = new();
        exchange.RunRequest(module).ShouldBe(Verdict.Answered);
        exchange.Exchange.Response.Status.ShouldBe(451);
        exchange.AnswerBody().ShouldBe("Not from here.\n");
    }

    [Fact]
    public void A_tag_is_seen_below_and_does_not_block()
    {
        IModule module = Make(
            new FilterRuleOptions { Name = "filter-test-tag", When = "request.method == \"GET\"", Do = FilterAction.Tag },
            new FilterRuleOptions { Name = "seen", When = "\"filter-test-tag\" in tags" });
        TestExchange exchange = new();
        exchange.RunRequest(module).ShouldBe(Verdict.Answered);
        ExchangeTags.NamesOf(exchange.Exchange.Tags).ShouldBe(["filter-test-tag"]);
        new TestExchange("POST /").RunRequest(module).ShouldBe(Verdict.Continue);
    }

    [Fact]
    public void A_rule_that_reads_the_response_is_asked_when_it_comes()
    {
        IModule module = Make(
            new FilterRuleOptions { Name = "leak", When = "response.headers[\"content-type\"] == \"application/x-sql\"", Status = 502 });
        TestExchange exchange = new();
        exchange.RunRequest(module).ShouldBe(Verdict.Continue);
        exchange.Respond(200, "Content-Type: text/html").RunResponse(module);
        exchange.Exchange.Response.Status.ShouldBe(200);
        exchange.Respond(200, "Content-Type: application/x-sql", "X-Secret: 1").RunResponse(module);
        exchange.Exchange.Response.Status.ShouldBe(502);
        exchange.ResponseFields.ShouldNotContain("X-Secret");
        exchange.AnswerBody().ShouldBe("The response is not given out.\n");
    }

    [Theory]
    [InlineData(FilterMode.Count, false)]
    [InlineData(FilterMode.Enforce, true)]
    public void What_is_only_counted_does_nothing_and_is_told(FilterMode mode, bool countOnly)
    {
        TestBuilder builder = new();
        IModule module = builder.Make(
            new FilterFactory(), new FilterOptions { Mode = mode, Rules = [new FilterRuleOptions { Name = "x", When = "true", CountOnly = countOnly }] });
        TestExchange exchange = new("GET /a?secret=1");
        exchange.RunRequest(module).ShouldBe(Verdict.Continue);
        exchange.RunRequest(module).ShouldBe(Verdict.Continue);
        builder.Heard.Notes.ShouldHaveSingleItem().ShouldBe("Rule \"x\" would have acted 1 times so far, now on 192.0.2.9 with /a.");
    }

    [Fact]
    public void A_logged_rule_lets_pass_and_explaining_counts_nothing()
    {
        TestBuilder builder = new();
        IModule module = builder.Make(new FilterFactory(), new FilterOptions { Rules = [new FilterRuleOptions { Name = "x", When = "true", Do = FilterAction.Log }] });
        TestExchange exchange = new();
        exchange.Exchange.IsHypothetical = true;
        exchange.Exchange.Trace = new Trace();
        exchange.RunRequest(module).ShouldBe(Verdict.Continue);
        exchange.Exchange.Trace.Steps.ShouldHaveSingleItem().Text.ShouldBe("rule \"x\" holds: logged");
        builder.Heard.Notes.ShouldBeEmpty();
        exchange.Exchange.IsHypothetical = false;
        exchange.RunRequest(module).ShouldBe(Verdict.Continue);
        builder.Heard.Notes.ShouldHaveSingleItem().ShouldContain("held 1 times");
    }

    [Fact]
    public void A_hundred_rules_that_do_not_hold_allocate_nothing()
    {
        IModule module = Make([.. Enumerable.Range(0, 100).Select(i => new FilterRuleOptions
        {
            Name = $"r{i}",
            When = i % 2 == 0 ? $"request.path.startsWith(\"/never-{i}/\")" : $"request.headers[\"user-agent\"].contains(\"bot{i}\")",
        })]);
        TestExchange exchange = new("GET /index.html", "User-Agent: curl/8.5", "Accept: */*");
        Allocation.Of(() => _ = ((IRequestModule)module).OnRequestAsync(exchange.Exchange).Result).ShouldBe(0);
    }

    private static IModule Make(params FilterRuleOptions[] rules) =>
        new TestBuilder().Make(new FilterFactory(), new FilterOptions { Rules = rules });
}
