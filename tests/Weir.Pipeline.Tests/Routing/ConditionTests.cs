using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Pipeline.Routing;

namespace Weir.Pipeline.Tests.Routing;

public sealed class ConditionTests
{
    [Theory]
    [InlineData("bad name", "x", "not a field name")]
    [InlineData("", "x", "not a field name")]
    [InlineData("X-A", "a\u0001b", "control character")]
    [InlineData("X-A", "~ (", "malformed")]
    public void A_header_condition_that_cannot_work_is_refused(string name, string value, string cause)
    {
        HeaderCondition.TryParse(name, value, out HeaderCondition? condition, out PatternError? error).ShouldBeFalse();
        condition.ShouldBeNull();
        error!.Cause.ShouldContain(cause);
    }

    [Theory]
    [InlineData("*", "2", true)]
    [InlineData("*", "~ 2", true)]
    [InlineData("*", "*", true)]
    [InlineData("2", "2", true)]
    [InlineData("2", "*", false)]
    [InlineData("2", "3", false)]
    [InlineData("~ ^2", "22", true)]
    [InlineData("~ ^2", "3", false)]
    [InlineData("~ ^2", "~ ^2", true)]
    [InlineData("~ ^2", "~ ^22", false)]
    public void A_condition_follows_from_another_only_where_it_is_certain(string condition, string other, bool follows)
    {
        Routes.Header("X-A", condition).IsImpliedBy(Routes.Header("x-a", other)).ShouldBe(follows);
        Routes.Header("X-B", condition).IsImpliedBy(Routes.Header("x-a", other)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("a=1", "a", "1", true)]
    [InlineData("b=2&a=1", "a", "1", true)]
    [InlineData("a=2&a=1", "a", "1", true)]
    [InlineData("a=2", "a", "1", false)]
    [InlineData("a", "a", "*", true)]
    [InlineData("a", "a", "1", false)]
    [InlineData("aa=1", "a", "1", false)]
    [InlineData("", "a", "*", false)]
    [InlineData("%61=%31", "a", "1", true)]
    [InlineData("x+y=1%2B2+3", "x y", "1+2 3", true)]
    [InlineData("a=%zz", "a", "%zz", true)]
    [InlineData("a=%4", "a", "%4", true)]
    [InlineData("a=12", "a", "~ ^1", true)]
    [InlineData("A=1", "a", "1", false)]
    public void A_query_parameter_is_compared_decoded(string query, string name, string value, bool holds)
    {
        Exchange exchange = Requests.Of("GET", "/");
        exchange.Request.ReplaceQuery(Encoding.ASCII.GetBytes(query), query.Length > 0);
        QueryCondition.TryParse(name, value, out QueryCondition? condition, out _).ShouldBeTrue();
        condition!.Holds(exchange).ShouldBe(holds);
    }

    [Fact]
    public void A_long_encoded_query_parameter_is_compared_whole()
    {
        string value = new('x', 1000);
        Exchange exchange = Requests.Of("GET", "/");
        exchange.Request.ReplaceQuery(Encoding.ASCII.GetBytes($"a=%78{value[1..]}"), true);
        QueryCondition.TryParse("a", value, out QueryCondition? condition, out _).ShouldBeTrue();
        condition!.Holds(exchange).ShouldBeTrue();
    }

    [Theory]
    [InlineData("a=1", true)]
    [InlineData("b=2; a=1", true)]
    [InlineData("b=2;a=1", true)]
    [InlineData("a=2; a=1", false)]
    [InlineData("A=1", false)]
    [InlineData("a", false)]
    [InlineData("aa=1", false)]
    public void A_cookie_is_found_by_its_name(string cookies, bool holds)
    {
        CookieCondition.TryParse("a", "1", out CookieCondition? condition, out _).ShouldBeTrue();
        condition!.Holds(Requests.Of("GET", "/", ("Cookie", cookies))).ShouldBe(holds);
    }

    [Theory]
    [InlineData("10.1.2.3", true)]
    [InlineData("11.1.2.3", false)]
    [InlineData("::ffff:10.1.2.3", true)]
    [InlineData("2001:db8::1", true)]
    [InlineData("2001:db9::1", false)]
    public void A_client_is_found_by_its_address(string address, bool holds)
    {
        Exchange exchange = Requests.Of("GET", "/");
        exchange.ClientAddress = Address(address);
        Clients("10.0.0.0/8", "2001:db8::/32").Holds(exchange).ShouldBe(holds);
    }

    [Theory]
    [InlineData("10.0.0.0/8", "10.1.0.0/16", true)]
    [InlineData("10.1.0.0/16", "10.0.0.0/8", false)]
    [InlineData("10.0.0.0/8", "10.0.0.0/8", true)]
    [InlineData("::/0", "10.0.0.0/8", false)]
    [InlineData("0.0.0.0/0", "10.0.0.0/8", true)]
    public void A_range_of_clients_follows_from_a_narrower_one(string range, string narrow, bool follows) =>
        Clients(range).IsImpliedBy(Clients(narrow)).ShouldBe(follows);

    [Fact]
    public void Conditions_of_different_kinds_do_not_follow_from_each_other()
    {
        CookieCondition.TryParse("a", "*", out CookieCondition? cookie, out _).ShouldBeTrue();
        QueryCondition.TryParse("a", "*", out QueryCondition? query, out _).ShouldBeTrue();
        cookie!.IsImpliedBy(query!).ShouldBeFalse();
        query!.IsImpliedBy(cookie).ShouldBeFalse();
        Routes.Header("a", "*").IsImpliedBy(cookie).ShouldBeFalse();
        cookie.IsImpliedBy(cookie).ShouldBeTrue();
        query.IsImpliedBy(query).ShouldBeTrue();
    }

    [Fact]
    public void A_method_that_is_no_token_is_refused()
    {
        MethodSet.TryParse(["GET", "PO ST"], out MethodSet? methods, out PatternError? error).ShouldBeFalse();
        methods.ShouldBeNull();
        error!.Cause.ShouldContain("PO ST");
    }

    [Theory]
    [InlineData("", "GET", true)]
    [InlineData("GET", "", false)]
    [InlineData("GET POST", "POST", true)]
    [InlineData("GET", "GET POST", false)]
    [InlineData("PURGE GET", "PURGE", true)]
    [InlineData("GET", "PURGE", false)]
    public void A_set_of_methods_covers_what_it_holds(string methods, string other, bool covers) =>
        Routes.Methods(methods).Covers(Routes.Methods(other)).ShouldBe(covers);

    private static IpAddress Address(string text) =>
        IpAddress.TryParse(text, out IpAddress address) ? address : throw new ArgumentException(text);

    private static ClientCondition Clients(params string[] ranges) =>
        new([.. ranges.Select(range => IpPrefix.TryParse(range, out IpPrefix prefix) ? prefix : throw new ArgumentException(range))]);
}
