using System.Globalization;
using Weir.Abstractions.Exchanges;
using Weir.Expressions.Tests.Testing;

namespace Weir.Expressions.Tests.Fuzzing;

public sealed class ExpressionFuzzTests
{
    private static readonly string[] _corpus =
    [
        "request.method == 'GET' && !(request.path.startsWith(\"/a\")) || client.ip in ['10.0.0.0/8']",
        "has(request.headers['x']) ? size(request.path) + 1 < 0x10 : request.params.a.matches(r'^\\d+$')",
        "string(request.port % 10) + request.host.lowerAscii() in [\"a\", 'b'] // end",
        "((((('\\x41\\u00e4\\\\' == tls.version)))))",
    ];

    private static readonly string[] _words =
        ["&&", "||", "(", ")", "[", "]", "'", "\"", "\\", "in", "request", ".", "size", "has", "1", "-", "!", "?", ":", "//", "\n", "\0", "ä", "r'", "99999999999999999999"];

    private static readonly Message[] _messages =
    [
        new(),
        new() { Method = "POST", Path = "/", Query = "", Client = "10.1.2.3", Status = 500, Headers = [], ResponseHeaders = [] },
        new() { Method = "a", Path = "/Admin", Query = "a&b=&a=%41+", Client = "203.0.113.7", Headers = [("Accept", ""), ("Cookie", "sid=; sid=x"), ("Cookie", "a")] },
    ];

    [Fact]
    public void Compiled_expressions_are_worth_what_the_obvious_evaluation_says()
    {
        Random random = Begin(out string seed);
        Exchange[] exchanges = [.. _messages.Select(message => message.ToExchange())];
        int compiled = 0;
        foreach (int round in Rounds(3000))
        {
            Draft<bool> draft = new Drafter(random).Bool(round % 4);
            if (!ExpressionCompiler.TryCompile(draft.Text, ExpressionScope.All, out Condition? condition, out ExpressionError? error))
            {
                (error.Cause.Contains("costs more") || error.Cause.Contains("deeper") || error.Cause.Contains("characters"))
                    .ShouldBeTrue($"{seed}: {draft.Text}: {error.Offset} {error.Cause}");
                continue;
            }

            compiled++;
            for (int i = 0; i < exchanges.Length; i++)
            {
                condition.Holds(exchanges[i]).ShouldBe(draft.Value(_messages[i]), $"{seed}: message {i}: {draft.Text}");
            }
        }

        compiled.ShouldBeGreaterThan(2000, seed);
    }

    [Fact]
    public void A_set_of_conditions_never_passes_over_one_that_is_true()
    {
        Random random = Begin(out string seed);
        Exchange[] exchanges = [.. _messages.Select(message => message.ToExchange())];
        (int passedOver, int found) = (0, 0);
        foreach (int round in Rounds(200))
        {
            Condition[] conditions = [.. Enumerable.Range(0, 40).Select(_ => Draw(random, round % 3)).OfType<Condition>()];
            ConditionSet set = new(conditions);
            ulong[] candidates = new ulong[ConditionSet.Words];
            foreach (Exchange exchange in exchanges)
            {
                set.FindCandidates(exchange, candidates);
                for (int i = 0; i < conditions.Length; i++)
                {
                    bool isCandidate = (candidates[i >> 6] >> i & 1) != 0;
                    (isCandidate || !conditions[i].Holds(exchange)).ShouldBeTrue($"{seed}: {conditions[i]}");
                    passedOver += isCandidate ? 0 : 1;
                    found += isCandidate ? 1 : 0;
                }
            }
        }

        (passedOver > 50 && found > 1000).ShouldBeTrue($"{seed}: {passedOver} passed over, {found} found");
    }

    [Fact]
    public void Whatever_is_written_is_read_or_refused_with_a_place_in_it()
    {
        Random random = Begin(out string seed);
        Exchange exchange = _messages[0].ToExchange();
        int refused = 0;
        foreach (int round in Rounds(20_000))
        {
            string text = Mutate(random, _corpus[round % _corpus.Length]);
            if (ExpressionCompiler.TryCompile(text, ExpressionScope.All, out Condition? condition, out ExpressionError? error))
            {
                condition.Holds(exchange);
                continue;
            }

            refused++;
            error.Offset.ShouldBeInRange(0, text.Length, $"{seed}: {text}");
            error.Remedy.ShouldNotBeEmpty($"{seed}: {text}");
        }

        refused.ShouldBeGreaterThan(1000, seed);
    }

    private static Condition? Draw(Random random, int depth) =>
        ExpressionCompiler.TryCompile(new Drafter(random).Bool(depth + 1).Text, ExpressionScope.All, out Condition? condition, out _) ? condition : null;

    private static string Mutate(Random random, string text)
    {
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            int at = random.Next(text.Length + 1);
            int length = Math.Min(random.Next(8), text.Length - at);
            text = random.Next(3) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, _words[random.Next(_words.Length)]),
                _ => text.Insert(random.Next(text.Length + 1), text.Substring(at, length)),
            };
        }

        return text;
    }

    private static Random Begin(out string seed)
    {
        int number = int.TryParse(Environment.GetEnvironmentVariable("WEIR_FUZZ_SEED"), CultureInfo.InvariantCulture, out int given)
            ? given
            : Random.Shared.Next();
        seed = $"WEIR_FUZZ_SEED={number}";
        return new Random(number);
    }

    private static IEnumerable<int> Rounds(int atLeast)
    {
        bool hasTime = double.TryParse(
            Environment.GetEnvironmentVariable("WEIR_FUZZ_SECONDS"), CultureInfo.InvariantCulture, out double seconds);
        long end = Environment.TickCount64 + (long)(seconds * 1000);
        for (int i = 0; hasTime ? Environment.TickCount64 < end : i < atLeast; i++)
        {
            yield return i;
        }
    }
}
