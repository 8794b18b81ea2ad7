using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Weir.Abstractions.Exchanges;
using Weir.Modules.Remembering;

namespace Weir.Modules.AuthOidc;

/// <summary>
/// What modules of one provider, client and cookie have in common, wherever they stand: a browser has one session for all of them. Any
/// thread.
/// </summary>
internal sealed class OidcRealm
{
    private const int MostClaims = 128;

    // Whatever lengths modules have now and after a reload.
    private const long LongestSessionS = 31L * 86400;

    private readonly ConcurrentDictionary<string, byte> _claims = new(StringComparer.Ordinal);
    private readonly DigestKey _key = new();
    private readonly SpentIds _completed = new();
    private readonly SpentIds _ended = new();

    public OidcRealm() => _claims["sub"] = 0;

    /// <summary>The claims that sessions hold: those that one of the modules names, or something in the process asks for.</summary>
    public IEnumerable<string> Claims =>
        _claims.Keys.Order(StringComparer.Ordinal).Concat(ClaimNames.All).Distinct(StringComparer.Ordinal).Take(MostClaims);

    /// <summary>Names claims.</summary>
    public void Name(IEnumerable<string> claims)
    {
        foreach (string claim in claims)
        {
            _claims[claim] = 0;
        }
    }

    /// <summary>Completes a login; false: it was completed before.</summary>
    public bool TryComplete(LoginState login, long now) => _completed.TrySpend(login.Id, now, login.EndsAt);

    /// <summary>Ends a session.</summary>
    public void End(Session session, long now) => _ended.TrySpend(MarkOf(session), now, session.StartedAt + LongestSessionS);

    /// <summary>Whether a session was ended.</summary>
    public bool HasEnded(Session session) => !_ended.IsFresh && _ended.Has(MarkOf(session), session.StartedAt + LongestSessionS);

    private ulong MarkOf(Session session) => _key.Of(MemoryMarshal.AsBytes(session.Id.AsSpan())).Low;
}
