using System.Collections.Concurrent;
using Weir.Abstractions.Exchanges;

namespace Weir.Modules.AuthOidc;

/// <summary>
/// What modules of one provider, client and cookie have in common, wherever they stand: a browser has one session for all of them. Any
/// thread.
/// </summary>
internal sealed class OidcRealm
{
    private const int MostClaims = 128;

    private readonly ConcurrentDictionary<string, byte> _claims = new(StringComparer.Ordinal);

    public OidcRealm() => _claims["sub"] = 0;

    /// <summary>Logins that were completed.</summary>
    public SpentIds Completed { get; } = new();

    /// <summary>Sessions that were ended.</summary>
    public SpentIds Ended { get; } = new();

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
}
