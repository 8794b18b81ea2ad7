using Weir.Expressions.Evaluation;

namespace Weir.Expressions.Matching;

/// <summary>Octets that a text must hold.</summary>
/// <param name="Text">The text; it has a <see cref="TextNode.Source"/>.</param>
/// <param name="Octets">The octets; at least one.</param>
/// <param name="Place">Where they stand in it.</param>
internal readonly record struct Literal(TextNode Text, byte[] Octets, LiteralPlace Place)
{
    private const int MostAlternatives = 64;

    /// <summary>What a comparison with a literal asks for; null when that says nothing.</summary>
    public static Literal[]? Of(TextNode text, byte[] octets, LiteralPlace place) =>
        text.Source is null || octets.Length == 0 ? null : [new Literal(text, octets, place)];

    /// <summary>Of several lists, all of which hold: the one that is true most seldom.</summary>
    public static Literal[]? OfAll(IEnumerable<Literal[]?> lists) => lists
        .OfType<Literal[]>()
        .OrderByDescending(list => list.Min(literal => literal.Octets.Length))
        .ThenBy(list => list.Length)
        .FirstOrDefault();

    /// <summary>Of several lists, one of which holds: all of them, unless one says nothing.</summary>
    public static Literal[]? OfAny(IReadOnlyCollection<Literal[]?> lists) =>
        lists.Any(list => list is null) || lists.Sum(list => list!.Length) > MostAlternatives ? null : [.. lists.SelectMany(list => list!)];
}
