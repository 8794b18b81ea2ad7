using Weir.Abstractions.Exchanges;

namespace Weir.Modules.Tokens;

/// <summary>What came of a token.</summary>
/// <param name="Kind">Whether it is good.</param>
/// <param name="Reason">Why it is not, for the log: never a part of the token; empty: it is good.</param>
/// <param name="Claims">The values of the claims that the origin is told, in the order of the options; null where there is none.</param>
/// <param name="UntilUnixMs">Until when it is good.</param>
internal sealed record TokenOutcome(TokenKind Kind, string Reason, byte[]?[] Claims, long UntilUnixMs)
{
    /// <summary>The claims that modules below may ask for; null: it is not good.</summary>
    public ExchangeClaims? Handed { get; init; }

    /// <summary>One that is not good.</summary>
    public static TokenOutcome Not(TokenKind kind, string reason) => new(kind, reason, [], 0);
}
