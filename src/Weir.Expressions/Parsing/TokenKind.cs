namespace Weir.Expressions.Parsing;

/// <summary>What a token is.</summary>
internal enum TokenKind : byte
{
    /// <summary>Nothing follows.</summary>
    End,

    /// <summary>A name or a word such as true and in.</summary>
    Name,

    /// <summary>A whole number.</summary>
    Number,

    /// <summary>A text in quotes.</summary>
    Text,

    /// <summary>An operator or a bracket; its text tells which.</summary>
    Sign,
}
