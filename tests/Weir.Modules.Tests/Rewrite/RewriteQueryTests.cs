using Weir.Abstractions.Modules;
using Weir.Modules.Rewrite;
using Weir.Modules.Tests.Testing;
using static Weir.Modules.Tests.Headers.HeadersModuleTests;

namespace Weir.Modules.Tests.Rewrite;

public sealed class RewriteQueryTests
{
    [Theory]
    [InlineData("/?a=1&b=2&a=3", "/?b=2")]
    [InlineData("/?a=1", "/")]
    [InlineData("/?a", "/")]
    [InlineData("/?%61=1&b", "/?b")]
    [InlineData("/?utm_x=1&utm%5Fy=2&ut=3", "/?ut=3")]
    [InlineData("/?c+d=1&c%20d=2&e=3", "/?e=3")]
    [InlineData("/?b=%61&&&c=", "/?b=%61&&&c=")]
    [InlineData("/?a=1&&c=", "/?c=")]
    [InlineData("/?A=1&ab=2", "/?A=1&ab=2")]
    [InlineData("/?", "/?")]
    [InlineData("/", "/")]
    public void Remove_takes_parameters_in_any_encoding(string target, string expected) =>
        Run(new() { Remove = ["a", "utm_*", "c d"] }, target).ShouldBe(expected);

    [Theory]
    [InlineData("/?lang=de&x=1&lang=fr", "/?x=1&lang=en")]
    [InlineData("/", "/?lang=en")]
    public void Set_replaces_all_of_the_name(string target, string expected) =>
        Run(new() { Set = Map(("lang", "en")) }, target).ShouldBe(expected);

    [Fact]
    public void A_star_in_a_set_name_is_only_a_star() => Run(new() { Set = Map(("a*", "1")) }, "/?ab=2").ShouldBe("/?ab=2&a%2A=1");

    [Fact]
    public void Add_keeps_what_is_there() =>
        Run(new() { Add = Map(("a", "2"), ("b c", "d&e")) }, "/?a=1").ShouldBe("/?a=1&a=2&b%20c=d%26e");

    [Fact]
    public void A_value_from_a_client_stays_one_value() =>
        Run(new() { Set = Map(("v", "{header.X-V}")) }, "/?v=0", "X-V: 1&admin=true#x").ShouldBe("/?v=1%26admin%3Dtrue%23x");

    [Theory]
    [InlineData("p={path}{&query}", "/a/b?x=1", "/a/b?p=%2Fa%2Fb&x=1")]
    [InlineData("p=1{&query}", "/a", "/a?p=1")]
    [InlineData("{query}", "/a?x=1", "/a?x=1")]
    [InlineData("{header.X-V}", "/a?x=1", "/a")]
    public void A_template_makes_the_whole_query(string template, string target, string expected) =>
        Run(new() { Template = template }, target).ShouldBe(expected);

    [Fact]
    public void A_query_that_becomes_endless_refuses_the_request()
    {
        TestExchange test = new("GET /", "X-V: " + new string('&', 30_000));
        IModule module = new TestBuilder().Make(new RewriteFactory(), new() { Query = new() { Set = Map(("v", "{header.X-V}")) } });

        test.RunRequest(module).ShouldBe(Verdict.Answered);

        test.Exchange.Response.Status.ShouldBe(400);
    }

    private static string Run(QueryOptions options, string target, params string[] fields)
    {
        TestExchange test = new("GET " + target, fields);
        test.RunRequest(new TestBuilder().Make(new RewriteFactory(), new() { Query = options })).ShouldBe(Verdict.Continue);
        return test.Target;
    }
}
