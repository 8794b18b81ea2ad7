// Hot: asked for each request that passes the module.
using Weir.Modules.Remembering;

namespace Weir.Modules.Tokens;

/// <summary>Tokens that were good, until they end or the issuer's keys change. Any thread.</summary>
internal sealed class RememberedTokens
{
    private readonly Remembered<Known> _good = new();

    /// <summary>The digest of a token.</summary>
    public CredentialDigest DigestOf(ReadOnlySpan<byte> token) => _good.DigestOf(token);

    /// <summary>
    /// What came of a token; null: it is not known, has ended, was verified by other keys, or before somebody asked for more of it.
    /// </summary>
    public TokenOutcome? Find(CredentialDigest token, KeySet keys, long nowUnixMs) =>
        _good.Find(token, nowUnixMs) is { } known && ReferenceEquals(known.Keys, keys) && known.Outcome.Handed is { AreStale: false }
            ? known.Outcome
            : null;

    /// <summary>Remembers a token that is good.</summary>
    public void Add(CredentialDigest token, KeySet keys, TokenOutcome outcome, long nowUnixMs) =>
        _good.Add(token, new Known(keys, outcome), outcome.UntilUnixMs, nowUnixMs);

    private sealed record Known(KeySet Keys, TokenOutcome Outcome);
}
