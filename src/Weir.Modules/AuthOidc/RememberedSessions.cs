// Hot: asked for each request that passes the module.
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Weir.Modules.AuthOidc;

/// <summary>Sessions by keyed digests of their cookies: a browser sends the same one with every request. Any thread.</summary>
internal sealed class RememberedSessions
{
    private const int Most = 10_000;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<TokenDigest, Session> _sessions = new();

    /// <summary>The digest of a cookie.</summary>
    public TokenDigest DigestOf(ReadOnlySpan<byte> cookie)
    {
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, cookie, digest);
        return MemoryMarshal.Read<TokenDigest>(digest);
    }

    /// <summary>The session of a cookie; null: it is not known.</summary>
    public Session? Find(TokenDigest cookie) => _sessions.GetValueOrDefault(cookie);

    /// <summary>Remembers one.</summary>
    public void Add(TokenDigest cookie, Session session)
    {
        if (_sessions.Count >= Most)
        {
            _sessions.Clear();
        }

        _sessions[cookie] = session;
    }

    /// <summary>Forgets one.</summary>
    public void Remove(TokenDigest cookie) => _sessions.TryRemove(cookie, out _);
}
