namespace Weir.Control;

/// <summary>A certificate as it is at a moment.</summary>
public sealed record CertificateStatus
{
    /// <summary>What it is called in commands: the name that it is kept for, or the first that its file is for.</summary>
    public required string Name { get; init; }

    /// <summary>The names and addresses that it is good for.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>The site's key in the configuration; null: it was asked for by a handshake.</summary>
    public string? Site { get; init; }

    /// <summary>Where it comes from: "file", "acme", "local" or "on_demand".</summary>
    public required string Source { get; init; }

    /// <summary>Its file; null: it is in memory only.</summary>
    public string? File { get; init; }

    /// <summary>
    /// "good", "stand-in" (nobody has signed what clients get, a certificate is being got), "expiring" (renewal fails) or "expired".
    /// </summary>
    public required string State { get; init; }

    /// <summary>Who signed it; null while something stands in.</summary>
    public string? Issuer { get; init; }

    /// <summary>From when it is good.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    /// <summary>Until when it is good.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>SHA-256 of the certificate, in hexadecimal.</summary>
    public string? Fingerprint { get; init; }

    /// <summary>
    /// Its OCSP response: "good until" a time, "revoked", "unknown", or "none" with why; null: it names no responder, or is not stapled.
    /// </summary>
    public string? Ocsp { get; init; }

    /// <summary>When it is renewed, or tried again; null: Weir does not renew it.</summary>
    public DateTimeOffset? NextRenewal { get; init; }

    /// <summary>Whether it is being got right now.</summary>
    public bool Renewing { get; init; }

    /// <summary>How many tries have failed since the last success.</summary>
    public int Failures { get; init; }

    /// <summary>Why the last try failed; null: it did not.</summary>
    public string? LastError { get; init; }

    /// <summary>When it was last tried.</summary>
    public DateTimeOffset? LastTry { get; init; }
}
