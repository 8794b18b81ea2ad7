namespace Weir.Expressions.Matching;

/// <summary>Where in a text a literal must stand.</summary>
internal enum LiteralPlace : byte
{
    /// <summary>At its beginning.</summary>
    Start,

    /// <summary>At its end.</summary>
    End,

    /// <summary>Anywhere.</summary>
    Anywhere,
}
