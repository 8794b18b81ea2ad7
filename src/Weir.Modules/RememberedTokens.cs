// Hot: asked for each request that passes the module.
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Weir.Modules;

/// <summary>
/// Tokens that were good, by keyed digests, until they end or the issuer's keys change: a client sends the same one with every request, and
/// verifying it costs as much as all else. Any thread.
/// </summary>
internal sealed class RememberedTokens
{
    private const int Most = 10_000;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<TokenDigest, Entry> _good = new();

    /// <summary>The digest of a token.</summary>
    public TokenDigest DigestOf(ReadOnlySpan<byte> token)
    {
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, token, digest);
        return MemoryMarshal.Read<TokenDigest>(digest);
    }

    /// <summary>
    /// What came of a token; null: it is not known, has ended, was verified by other keys, or before somebody asked for more of it.
    /// </summary>
    public TokenOutcome? Find(TokenDigest token, KeySet keys, long nowUnixMs) =>
        _good.TryGetValue(token, out Entry? entry) && ReferenceEquals(entry.Keys, keys) && entry.Outcome.UntilUnixMs > nowUnixMs
            && entry.Outcome.Handed is { AreStale: false }
            ? entry.Outcome
            : null;

    /// <summary>Remembers a token that is good.</summary>
    public void Add(TokenDigest token, KeySet keys, TokenOutcome outcome)
    {
        if (_good.Count >= Most)
        {
            _good.Clear();
        }

        _good[token] = new Entry(keys, outcome);
    }

    private sealed record Entry(KeySet Keys, TokenOutcome Outcome);
}
