namespace Weir.Expressions.Parsing;

/// <summary>A word of an expression.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Offset">Characters from the start of the expression.</param>
/// <param name="Text">The name, the sign, or what a text in quotes stands for.</param>
/// <param name="Number">The value of a number.</param>
internal readonly record struct Token(TokenKind Kind, int Offset, string Text, long Number = 0)
{
    /// <summary>Whether it is that sign.</summary>
    public bool Is(string sign) => Kind == TokenKind.Sign && Text == sign;

    /// <summary>Whether it is that word.</summary>
    public bool IsWord(string word) => Kind == TokenKind.Name && Text == word;
}
