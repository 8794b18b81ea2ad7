namespace Weir.Expressions.Checking;

/// <summary>What can be done with values, for the reference page.</summary>
public static class FunctionTable
{
    /// <summary>Everything, in the order of the reference page.</summary>
    public static IReadOnlyList<FunctionDefinition> All { get; } =
    [
        new("A && B, A || B, !A", Costs.Plain, "And, or, not. What decides ends the evaluation: B is not asked when A is false, or true."),
        new("A ? X : Y", Costs.Plain, "X when A is true, else Y."),
        new("X == Y, X != Y", Costs.Plain, "Equality of two texts, numbers, truths or addresses; texts are compared octet by octet, with case."),
        new("X < Y, X <= Y, X > Y, X >= Y", Costs.Plain, "Order of numbers, and of texts by their octets."),
        new("N + M, N - M, N * M, -N", Costs.Plain, "Arithmetic; what leaves 64 bits stays at their end."),
        new("N / 10, N % 10", Costs.Plain, "Division by a number that is written down and is not 0; towards 0."),
        new("TEXT + TEXT", Costs.Plain, "One text behind the other."),
        new("X in [A, B]", Costs.Plain, "Whether a text or a number is in a list that is written down; each entry costs 1."),
        new("ADDRESS in \"10.0.0.0/8\"", Costs.Plain, "Whether an address is in a range, or in one of a list of ranges."),
        new("\"NAME\" in MAP", Costs.Lookup, "Whether a map has an entry of that name, also an empty one."),
        new("MAP[\"NAME\"], MAP.NAME", Costs.Lookup, "The entry of that name; the empty text when there is none. Several are one text, with \", \" between them."),
        new("has(MAP.NAME), has(FIELD)", Costs.Lookup, "Whether a map has the entry; whether a text is not empty."),
        new("TEXT.startsWith(TEXT)", Costs.Plain, "Whether it begins so."),
        new("TEXT.endsWith(TEXT)", Costs.Plain, "Whether it ends so."),
        new("TEXT.contains(\"TEXT\")", Costs.Search, "Whether it holds a text that is written down."),
        new("TEXT.matches(r\"REGEX\")", Costs.Match, "Whether a regular expression matches somewhere in it, in linear time; ^ and $ bind it to the ends."),
        new("TEXT.lowerAscii(), TEXT.upperAscii()", Costs.Search, "The text with A to Z in lower case, or a to z in upper case."),
        new("size(TEXT), TEXT.size()", Costs.Plain, "Its octets."),
        new("size(MAP), MAP.size()", Costs.Search, "Its entries."),
        new("string(X)", Costs.Search, "A number or an address as text."),
    ];
}
