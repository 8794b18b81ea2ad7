namespace Weir.Expressions.Checking;

/// <summary>What parts of an expression add to its cost.</summary>
internal static class Costs
{
    /// <summary>A step that looks at its values once.</summary>
    public const int Plain = 1;

    /// <summary>A look through the fields of a head.</summary>
    public const int Lookup = 5;

    /// <summary>A search through a text, or a copy of it.</summary>
    public const int Search = 5;

    /// <summary>A regular expression.</summary>
    public const int Match = 20;
}
