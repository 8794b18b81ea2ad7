namespace Weir.Expressions.Tests.Checking;

public sealed class MistakeTests
{
    [Theory]
    [InlineData("", 0, "is empty")]
    [InlineData("request.method = 'GET'", 15, "\"=\" has no meaning")]
    [InlineData("request.method == GET", 18, "\"GET\" is not known")]
    [InlineData("request.methd == 'GET'", 8, "Did you mean request.method?")]
    [InlineData("requst.method == 'GET'", 0, "Did you mean request.method?")]
    [InlineData("request == 'GET'", 0, "is not a value by itself")]
    [InlineData("request.path", 8, "neither true nor false")]
    [InlineData("request.path == 1", 13, "between a text and a number")]
    [InlineData("request.path < client.ip", 13, "between a text and an address")]
    [InlineData("client.ip == '10.0.0.0/8'", 13, "is not an address")]
    [InlineData("client.ip in '10.0.0.300'", 13, "neither an address nor a range")]
    [InlineData("client.ip in ['10.0.0.0/8', '10.0.0.1/8']", 28, "bits behind its length")]
    [InlineData("request.path in '/x'", 13, "has no members")]
    [InlineData("request.path in []", 13, "list is empty")]
    [InlineData("request.path in ['a', 1]", 22, "is not a text")]
    [InlineData("request.path in request.host", 24, "neither a list")]
    [InlineData("'a' in [request.path]", 16, "is not a text that is written down")]
    [InlineData("[1] == [1]", 0, "A list stands alone")]
    [InlineData("request.headers == 'x'", 16, "between a map and a text")]
    [InlineData("request.headers[request.path] == ''", 24, "must be written down")]
    [InlineData("request.headers['a b'] == ''", 16, "no name")]
    [InlineData("request.path['x'] == ''", 12, "no entries")]
    [InlineData("tags['x'] == ''", 4, "Tags have no values")]
    [InlineData("has(client.port)", 11, "always there")]
    [InlineData("request.path.contains(request.host)", 30, "must be written down")]
    [InlineData("request.path.contains('')", 22, "in every text")]
    [InlineData("request.path.matches('(')", 21, "malformed")]
    [InlineData("request.path.matches('(a)\\\\1')", 21, "linear time")]
    [InlineData("request.path.matches('ä')", 21, "beyond ASCII")]
    [InlineData("request.path.startswith('/')", 13, "Did you mean startsWith?")]
    [InlineData("startsWith(request.path, '/')", 0, "belongs to a text")]
    [InlineData("request.path.has()", 13, "stands in front")]
    [InlineData("request.path.frob()", 13, "Known are")]
    [InlineData("request.path.exists(x, true)", 13, "not part of this language")]
    [InlineData("int(request.path) == 1", 0, "not part of this language")]
    [InlineData("request.path.size(1) == 1", 13, "takes nothing")]
    [InlineData("size(client.ip) == 1", 12, "has no size")]
    [InlineData("string(true) == ''", 7, "does not become a text")]
    [InlineData("request.port / 0 == 1", 15, "not be 0")]
    [InlineData("request.port % request.port == 1", 23, "not be 0")]
    [InlineData("request.port + 'a' == 1", 13, "between a number and a text")]
    [InlineData("1.5 == 1", 0, "not a whole number")]
    [InlineData("99999999999999999999 == 1", 0, "not a whole number")]
    [InlineData("1 == 2 == true", 7, "follows another")]
    [InlineData("true true", 5, "operator such as && is missing")]
    [InlineData("(true", 5, "ends too early")]
    [InlineData("true &&", 7, "ends too early")]
    [InlineData("true ? 1", 8, "ends too early")]
    [InlineData("true ? 1 : 'a'", 5, "two values")]
    [InlineData("1 ? true : false", 0, "true or false is wanted")]
    [InlineData("!1", 1, "true or false is wanted")]
    [InlineData("-'a' == 1", 1, "number is wanted")]
    [InlineData("1 .startsWith('a')", 0, "text is wanted")]
    [InlineData("request.path.", 13, "ends too early")]
    [InlineData("'abc", 0, "never closed")]
    [InlineData("'a\\q'", 2, "begins no escape")]
    [InlineData("{1: 2}", 0, "no meaning")]
    [InlineData("request.path ~ 'x'", 13, "matches")]
    [InlineData("true & false", 5, "&& for and")]
    public void A_mistake_is_told_with_its_place(string text, int offset, string says)
    {
        ExpressionCompiler.TryCompile(text, ExpressionScope.All, out _, out ExpressionError? error).ShouldBeFalse();
        $"{error!.Cause} {error.Remedy}".ShouldContain(says);
        error.Offset.ShouldBe(offset);
        error.Remedy.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData("response.status == 200", ExpressionScope.Request)]
    [InlineData("'a' in tags", ExpressionScope.Request)]
    [InlineData("claims['sub'] == 'a'", ExpressionScope.Request)]
    [InlineData("response.headers.x == ''", ExpressionScope.Request | ExpressionScope.Route)]
    public void A_field_that_is_not_known_there_is_refused(string text, ExpressionScope scope)
    {
        ExpressionCompiler.TryCompile(text, scope, out _, out ExpressionError? error).ShouldBeFalse();
        error!.Cause.ShouldContain("is not known here");
    }

    [Fact]
    public void Length_depth_and_cost_are_bounded()
    {
        Refusal(new string(' ', ExpressionLimits.Characters) + "true").ShouldContain("characters");
        Refusal(new string('(', 40) + "true" + new string(')', 40)).ShouldContain("deeper");
        Refusal(new string('!', 40) + "true").ShouldContain("deeper");
        Refusal(string.Join(" + ", Enumerable.Repeat("1", 40)) + " == 1").ShouldContain("deeper");
        Refusal(string.Concat("request.path in [", string.Join(',', Enumerable.Repeat("''", 1200)), "]")).ShouldContain("costs more");
        Refusal(string.Join(" || ", Enumerable.Repeat("request.path.matches('a')", 60))).ShouldContain("costs more");
        string many = string.Join(" || ", Enumerable.Range(0, 150).Select(i => $"request.path == '/{i}'"));
        ExpressionCompiler.TryCompile(many, ExpressionScope.All, out _, out _).ShouldBeTrue();
    }

    [Fact]
    public void A_key_is_no_map_and_no_empty_list()
    {
        Key("request.headers").ShouldContain("tells no requests apart");
        Key("[]").ShouldContain("list is empty");
        Key("[request.path, [1]]").ShouldContain("stands alone");

        static string Key(string text)
        {
            ExpressionCompiler.TryCompileKey(text, ExpressionScope.All, out _, out ExpressionError? error).ShouldBeFalse();
            return error!.Cause;
        }
    }

    private static string Refusal(string text)
    {
        ExpressionCompiler.TryCompile(text, ExpressionScope.All, out _, out ExpressionError? error).ShouldBeFalse();
        return error!.Cause;
    }
}
