// Hot: asked for each request that passes the module.
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Weir.Modules.AuthBasic;

/// <summary>
/// What came of passwords, for a short time: a browser sends the same one with every request. Names and passwords are kept as keyed digests
/// only. Those that were right and those that were wrong are bounded apart, so that who guesses drives nobody out. Any thread.
/// </summary>
internal sealed class RememberedLogins
{
    private const int Most = 4096;

    private readonly byte[] _key = RandomNumberGenerator.GetBytes(32);
    private readonly ConcurrentDictionary<LoginDigest, Entry> _right = new();
    private readonly ConcurrentDictionary<LoginDigest, Entry> _wrong = new();
    private readonly long _forMs;

    /// <param name="forMs">How long; 0: nothing is remembered.</param>
    public RememberedLogins(long forMs) => _forMs = forMs;

    /// <summary>The digest of what a client sent.</summary>
    public LoginDigest DigestOf(ReadOnlySpan<byte> credentials)
    {
        Span<byte> digest = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_key, credentials, digest);
        return MemoryMarshal.Read<LoginDigest>(digest);
    }

    /// <summary>What came of it last. False: it is not known.</summary>
    /// <param name="login">What was sent.</param>
    /// <param name="users">The users in force: what was found by others counts no more.</param>
    /// <param name="nowMs">The time.</param>
    /// <param name="user">Who it is; null: nobody.</param>
    public bool TryFind(LoginDigest login, UserTable users, long nowMs, out UserTable.User? user)
    {
        bool isKnown = (_right.TryGetValue(login, out Entry? entry) || _wrong.TryGetValue(login, out entry))
            && entry.UntilMs > nowMs && ReferenceEquals(entry.Users, users);
        user = isKnown ? entry!.User : null;
        return isKnown;
    }

    /// <summary>Remembers what came of it.</summary>
    public void Add(LoginDigest login, UserTable users, long nowMs, UserTable.User? user)
    {
        if (_forMs == 0)
        {
            return;
        }

        ConcurrentDictionary<LoginDigest, Entry> kind = user is null ? _wrong : _right;
        if (kind.Count >= Most)
        {
            kind.Clear();
        }

        kind[login] = new Entry(users, user, nowMs + _forMs);
    }

    private sealed record Entry(UserTable Users, UserTable.User? User, long UntilMs);
}
