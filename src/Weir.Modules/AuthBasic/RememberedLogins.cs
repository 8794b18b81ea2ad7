// Hot: asked for each request that passes the module.
using Weir.Modules.Remembering;

namespace Weir.Modules.AuthBasic;

/// <summary>
/// What came of passwords, for a short time: a browser sends the same one with every request. Names and passwords are kept as keyed digests
/// only. Those that were right and those that were wrong are bounded apart, so that who guesses drives nobody out. Any thread.
/// </summary>
internal sealed class RememberedLogins
{
    private const int Sets = 1024;

    private readonly Remembered<Known> _right = new(Sets);
    private readonly Remembered<Known> _wrong = new(Sets);
    private readonly long _forMs;

    /// <param name="forMs">How long; 0: nothing is remembered.</param>
    public RememberedLogins(long forMs) => _forMs = forMs;

    /// <summary>The digest of what a client sent.</summary>
    public CredentialDigest DigestOf(ReadOnlySpan<byte> credentials) => _right.DigestOf(credentials);

    /// <summary>What came of it last. False: it is not known.</summary>
    /// <param name="login">What was sent.</param>
    /// <param name="users">The users in force: what was found by others counts no more.</param>
    /// <param name="nowMs">The time.</param>
    /// <param name="user">Who it is; null: nobody.</param>
    public bool TryFind(CredentialDigest login, UserTable users, long nowMs, out UserTable.User? user)
    {
        user = null;
        if (_right.Find(login, nowMs) is { } right && ReferenceEquals(right.Users, users))
        {
            user = right.User;
            return true;
        }

        return _wrong.Find(login, nowMs) is { } wrong && ReferenceEquals(wrong.Users, users);
    }

    /// <summary>Remembers what came of it.</summary>
    public void Add(CredentialDigest login, UserTable users, long nowMs, UserTable.User? user)
    {
        if (_forMs > 0)
        {
            (user is null ? _wrong : _right).Add(login, new Known(users, user), nowMs + _forMs, nowMs);
        }
    }

    private sealed record Known(UserTable Users, UserTable.User? User);
}
