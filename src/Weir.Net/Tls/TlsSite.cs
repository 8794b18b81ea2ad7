using Weir.Abstractions.Exchanges;

namespace Weir.Net.Tls;

/// <summary>One site's contexts, one for each loop. A reload that changes nothing about the site carries them over.</summary>
public sealed class TlsSite
{
    private readonly TlsContext?[] _byLoop;
    private readonly TlsServerOptions _options;

    private TlsSite(TlsServerOptions options, int loops)
    {
        _options = options;
        _byLoop = new TlsContext?[loops];
    }

    /// <summary>What is promised for the site.</summary>
    public TlsPolicy Policy => _options.Policy;

    /// <summary>Certificates for which OCSP responses are fetched.</summary>
    internal IReadOnlyList<TlsCertificate> StapledCertificates => _options.IsStapled ? _options.Certificates : [];

    /// <summary>Makes a site's contexts. Null with what is wrong.</summary>
    public static TlsSite? TryMake(TlsServerOptions options, int loops, TlsTicketKeys tickets, out string problem)
    {
        problem = "";
        TlsSite site = new(options, loops);
        for (int loop = 0; loop < loops; loop++)
        {
            site._byLoop[loop] = TlsContext.ForServer(options, tickets, out problem);
            if (site._byLoop[loop] is null)
            {
                site.Discard();
                return null;
            }
        }

        return site;
    }

    /// <summary>Whether each name has a certificate of its own (<see cref="TlsServerOptions.AsksByName"/>).</summary>
    public bool AsksByName => _options.AsksByName;

    /// <summary>A loop's context.</summary>
    public TlsContext OfLoop(int loop) => _byLoop[loop]!;

    /// <summary>Whether its contexts are what these options ask for.</summary>
    internal bool IsFor(TlsServerOptions options) =>
        options.Policy.Site == _options.Policy.Site
        && options.Policy.Clients == _options.Policy.Clients
        && options.IsStapled == _options.IsStapled
        && options.AsksByName == _options.AsksByName
        && options.RequiresClientCertificate == _options.RequiresClientCertificate
        && options.Certificates.SequenceEqual(_options.Certificates)
        && options.ClientAuthorities.AsSpan().SequenceEqual(_options.ClientAuthorities);

    /// <summary>Gives a loop's context back; on that loop. Sessions that were made from it live on.</summary>
    internal void DisposeOn(int loop)
    {
        _byLoop[loop]?.Dispose();
        _byLoop[loop] = null;
    }

    /// <summary>Gives every context back; when no loop uses them.</summary>
    internal void Discard()
    {
        for (int loop = 0; loop < _byLoop.Length; loop++)
        {
            DisposeOn(loop);
        }
    }
}
