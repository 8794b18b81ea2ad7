// Hot: asked for each request that passes a filter with many rules.
using Weir.Abstractions.Exchanges;
using Weir.Expressions.Matching;

namespace Weir.Expressions;

/// <summary>
/// Many conditions that are asked of one exchange: what they look for in a text is looked for in one pass, and most of them need not be
/// asked one by one. Immutable; any loop may ask it. Asking allocates nothing.
/// </summary>
public sealed class ConditionSet
{
    /// <summary>The most conditions of a set.</summary>
    public const int MostConditions = 1024;

    /// <summary>Room for the bits of all conditions.</summary>
    public const int Words = MostConditions / 64;

    // Fewer are asked as quickly one by one.
    private const int FewestWithHints = 6;

    private readonly SoughtText[] _texts;
    private readonly ulong[] _always = new ulong[Words];

    /// <exception cref="ArgumentException">There are more than <see cref="MostConditions"/>.</exception>
    public ConditionSet(IReadOnlyList<Condition> conditions)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(conditions.Count, MostConditions);
        bool isWorthIt = conditions.Count(condition => condition.Hints is not null) >= FewestWithHints;
        Dictionary<string, SoughtText> texts = new(StringComparer.Ordinal);
        for (int i = 0; i < conditions.Count; i++)
        {
            if (!isWorthIt || conditions[i].Hints is not { } hints || !hints.All(hint => TryAdd(texts, hint, i)))
            {
                _always[i >> 6] |= 1ul << i;
            }
        }

        _texts = [.. texts.Values];
        Array.ForEach(_texts, text => text.Complete());
    }

    /// <summary>
    /// Sets the bits of all conditions that may be true of the exchange as it is now: whoever's bit is not set is false. Tags may change
    /// meanwhile.
    /// </summary>
    /// <param name="exchange">The exchange; runs on its loop.</param>
    /// <param name="candidates">Bit 0 of the first word is the first condition; <see cref="Words"/> of them.</param>
    public void FindCandidates(Exchange exchange, Span<ulong> candidates)
    {
        _always.CopyTo(candidates);
        foreach (SoughtText text in _texts)
        {
            text.Find(exchange, candidates);
        }
    }

    private static bool TryAdd(Dictionary<string, SoughtText> texts, Literal hint, int number)
    {
        if (!texts.TryGetValue(hint.Text.Source!, out SoughtText? text))
        {
            text = new SoughtText(hint.Text);
            texts.Add(hint.Text.Source!, text);
        }

        return text.TryAdd(hint, number);
    }
}
