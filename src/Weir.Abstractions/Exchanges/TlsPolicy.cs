namespace Weir.Abstractions.Exchanges;

/// <summary>
/// What a site's TLS promises: which certificate it shows, and what it asks of clients. Immutable; reloads make new ones.
/// </summary>
public sealed class TlsPolicy
{
    private readonly IReadOnlyList<string> _names;

    /// <summary>Describes a site's TLS.</summary>
    /// <param name="site">The site's key in the configuration.</param>
    /// <param name="clients">What is asked of clients' certificates, as a word that is equal for equal policies; empty: nothing.</param>
    /// <param name="certificate">What tells the site's certificates apart from others.</param>
    /// <param name="names">The names that the certificates are for, in lower case.</param>
    public TlsPolicy(string site, string clients, string certificate, IReadOnlyList<string> names)
    {
        Site = site;
        Clients = clients;
        Certificate = certificate;
        _names = names;
    }

    /// <summary>The site's key in the configuration.</summary>
    public string Site { get; }

    /// <summary>What is asked of clients' certificates; equal for equal policies, empty for nothing.</summary>
    public string Clients { get; }

    /// <summary>What tells the site's certificates apart from others.</summary>
    public string Certificate { get; }

    /// <summary>
    /// Whether origins are told the authorities of a client's certificate (RFC 9440 section 2.3); part of <see cref="Clients"/>.
    /// </summary>
    public bool TellsClientChain { get; init; }

    /// <summary>
    /// Whether the certificates are good for a host, in lower case. RFC 6125 section 6.4.3: a wildcard stands for one label.
    /// </summary>
    public bool Covers(ReadOnlySpan<byte> host)
    {
        for (int i = 0; i < _names.Count; i++)
        {
            if (Matches(_names[i], host))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Matches(string name, ReadOnlySpan<byte> host)
    {
        if (!name.StartsWith("*.", StringComparison.Ordinal))
        {
            return System.Text.Ascii.EqualsIgnoreCase(host, name);
        }

        int dot = host.IndexOf((byte)'.');
        return dot > 0 && System.Text.Ascii.EqualsIgnoreCase(host[dot..], name.AsSpan(1));
    }
}
