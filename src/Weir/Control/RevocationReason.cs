namespace Weir.Control;

/// <summary>Why a certificate is revoked: those of RFC 5280 section 5.3.1 that subscribers may give.</summary>
public enum RevocationReason
{
    /// <summary>No reason is given.</summary>
    Unspecified = 0,

    /// <summary>Somebody else may have the key.</summary>
    KeyCompromise = 1,

    /// <summary>The names belong to somebody else now.</summary>
    AffiliationChanged = 3,

    /// <summary>Another certificate takes its place.</summary>
    Superseded = 4,

    /// <summary>The site is no more.</summary>
    CessationOfOperation = 5,
}
