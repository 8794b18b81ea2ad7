namespace Weir.Modules.Tokens;

/// <summary>Whether a token is good.</summary>
internal enum TokenKind : byte
{
    /// <summary>It is.</summary>
    Good,

    /// <summary>It is not: 401.</summary>
    Bad,

    /// <summary>It names a key that is not known: others may be asked for.</summary>
    UnknownKey,

    /// <summary>It is, and does not have what is required: 403.</summary>
    Insufficient,
}
