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
}
