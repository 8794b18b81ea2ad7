using Weir.Expressions.Tests.Testing;

namespace Weir.Expressions.Tests.Evaluation;

/// <summary>Proves which conditions of a set are left to be asked.</summary>
public sealed class ConditionSetTests
{
    private static readonly string[] _others =
    [
        "request.path.startsWith('/zero')", "request.path.endsWith('.zero')", "request.query.contains('zero')",
        "request.headers['x-zero'] == 'zero'", "request.host in ['zero.test', 'nil.test']", "request.method == 'ZERO' && request.path == '/zero'",
    ];

    [Theory]
    [InlineData("request.path.startsWith('/admin')", true)]
    [InlineData("request.path.startsWith('/admin/users/and/more/of/it')", false)]
    [InlineData("request.path.endsWith('users')", true)]
    [InlineData("request.path.endsWith('user')", false)]
    [InlineData("request.path.contains('min/us')", true)]
    [InlineData("request.path.contains('min/um')", false)]
    [InlineData("request.path == '/admin/users'", true)]
    [InlineData("'/admin/users' == request.path", true)]
    [InlineData("request.path in ['/a', '/admin/users']", true)]
    [InlineData("request.path in ['/x', '/b']", false)]
    [InlineData("request.headers['X-KEY'].lowerAscii().contains('two')", true)]
    [InlineData("request.headers['x-key'].upperAscii().startsWith('TWO')", false)]
    [InlineData("request.headers['x-key'].contains('one, Two')", true)]
    [InlineData("request.method == 'GET' && request.path.contains('users')", true)]
    [InlineData("request.method == 'GET' && request.path.contains('guests')", false)]
    [InlineData("request.path.contains('guests') || request.path.contains('users')", true)]
    [InlineData("request.path.contains('guests') || request.path.contains('staff')", false)]
    [InlineData("request.path.contains('guests') || request.port == 1", true)]
    [InlineData("request.path.contains('a text that is longer than any')", false)]
    [InlineData("request.headers['x-none'] == ''", true)]
    [InlineData("!request.path.contains('guests')", true)]
    [InlineData("request.path.matches('guests')", true)]
    [InlineData("'bot' in tags", true)]
    [InlineData("'bot' in tags && request.path.startsWith('/guests')", false)]
    public void A_condition_stays_when_what_it_looks_for_is_there_or_nothing_can_be_said(string text, bool isCandidate)
    {
        Message message = new() { Method = "GET", Path = "/admin/users", Headers = [("X-Key", "one"), ("x-key", "Two")] };
        Condition[] conditions = [.. _others.Append(text).Concat(_others).Select(Compile)];
        ulong[] candidates = new ulong[ConditionSet.Words];
        new ConditionSet(conditions).FindCandidates(message.ToExchange(), candidates);
        candidates[0].ShouldBe(isCandidate ? 1ul << _others.Length : 0);
    }

    [Fact]
    public void Of_few_conditions_all_are_asked()
    {
        ulong[] candidates = new ulong[ConditionSet.Words];
        new ConditionSet([Compile(_others[0]), Compile(_others[1])]).FindCandidates(new Message().ToExchange(), candidates);
        candidates[0].ShouldBe(0b11ul);
    }

    [Fact]
    public void More_literals_than_there_is_room_for_leave_their_conditions_to_be_asked()
    {
        Condition[] conditions =
        [
            .. Enumerable.Range(0, ConditionSet.MostConditions).Select(
                i => Compile($"request.path.contains('{i * 7919:D5}-{i * 104729:D9}')")),
        ];
        ulong[] candidates = new ulong[ConditionSet.Words];
        ConditionSet set = new(conditions);
        set.FindCandidates(new Message { Path = "/" }.ToExchange(), candidates);
        int asked = candidates.Sum(word => System.Numerics.BitOperations.PopCount(word));
        asked.ShouldBeInRange(1, ConditionSet.MostConditions - 400);
        set.FindCandidates(new Message { Path = "/0000000-00000000000-0" + "07919-000104729" }.ToExchange(), candidates);
        (candidates[0] & 2).ShouldBe(2ul);
    }

    [Fact]
    public void Literals_of_all_octets_are_told_apart()
    {
        Condition[] conditions = [.. Enumerable.Range(1, 255).Select(i => Compile($"request.headers['x-key'].contains('a\\x{i:x2}b')"))];
        ConditionSet set = new(conditions);
        for (int i = 0x21; i < 0x7f; i += 5)
        {
            ulong[] candidates = new ulong[ConditionSet.Words];
            set.FindCandidates(new Message { Headers = [("X-Key", $"x a{(char)i}b")] }.ToExchange(), candidates);
            candidates.Sum(word => System.Numerics.BitOperations.PopCount(word)).ShouldBe(1);
            (candidates[(i - 1) >> 6] >> (i - 1) & 1).ShouldBe(1ul);
        }
    }

    private static Condition Compile(string text) =>
        ExpressionCompiler.TryCompile(text, ExpressionScope.All, out Condition? condition, out ExpressionError? error)
        ? condition
        : throw new ArgumentException($"{text}: {error.Cause}");
}
