using Weir.Abstractions.Exchanges;
using Weir.Net.Loops;

namespace Weir.Net.Tls;

/// <summary>The contexts of all sites, a set for each loop. Immutable once made.</summary>
public sealed class TlsSites
{
    private readonly SniTable<TlsSite> _byName;
    private readonly Dictionary<(string, string?), TlsSite> _bySite;

    private TlsSites(SniTable<TlsSite> byName, Dictionary<(string, string?), TlsSite> bySite)
    {
        _byName = byName;
        _bySite = bySite;
    }

    /// <summary>What is promised for each site; of one with several certificates, the first of them.</summary>
    public IEnumerable<TlsPolicy> Policies => _bySite.Values.Select(site => site.Policy).DistinctBy(policy => policy.Site);

    /// <summary>Certificates for which OCSP responses are fetched, each once.</summary>
    public IEnumerable<TlsCertificate> StapledCertificates => _bySite.Values.SelectMany(site => site.StapledCertificates).Distinct();

    /// <summary>Makes every context that is not there yet. Null with what is wrong, beginning with the site's name.</summary>
    /// <param name="sites">Each site's options; the one for unknown names, and for none, first.</param>
    /// <param name="loops">How many loops there are.</param>
    /// <param name="tickets">The process's ticket keys.</param>
    /// <param name="problem">What is wrong.</param>
    /// <param name="running">What is in force: sites that are the same are carried over.</param>
    public static TlsSites? TryBuild(
        IReadOnlyList<TlsServerOptions> sites, int loops, TlsTicketKeys tickets, out string problem, TlsSites? running = null)
    {
        problem = "";
        Dictionary<(string, string?), TlsSite> bySite = new(sites.Count);
        List<KeyValuePair<string, TlsSite>> names = [];
        TlsSite? first = null;
        foreach (TlsServerOptions options in sites)
        {
            TlsSite? site = running?._bySite.GetValueOrDefault(options.Key);
            if (site is null || !site.IsFor(options))
            {
                site = TlsSite.TryMake(options, loops, tickets, out problem);
            }

            if (site is null)
            {
                problem = $"{options.Policy.Site}: {problem}";
                DiscardAllBut(running, bySite);
                return null;
            }

            first ??= site;
            bySite.Add(options.Key, site);
            foreach (string host in options.Hosts)
            {
                names.Add(KeyValuePair.Create(host, site));
            }
        }

        return new TlsSites(new SniTable<TlsSite>(names, first), bySite);
    }

    /// <summary>The site that a server name means; null where no site has a certificate.</summary>
    public TlsSite? Find(ReadOnlySpan<byte> serverName) => _byName.Find(serverName);

    /// <summary>Whether sites are named by addresses: they are meant where a client sends no name.</summary>
    public bool HasAddresses => _byName.HasAddresses;

    /// <summary>Gives all contexts back that <paramref name="running"/> has not, when no loop uses them or no loop runs any more.</summary>
    public void Discard(TlsSites? running) => DiscardAllBut(running, _bySite);

    /// <summary>Gives a loop's contexts back that <paramref name="next"/> has not; on that loop.</summary>
    public void DisposeOn(Loop loop, TlsSites? next)
    {
        loop.AssertCurrent();
        foreach (((string, string?) key, TlsSite site) in _bySite)
        {
            if (!ReferenceEquals(next?._bySite.GetValueOrDefault(key), site))
            {
                site.DisposeOn(loop.Index);
            }
        }
    }

    private static void DiscardAllBut(TlsSites? running, Dictionary<(string, string?), TlsSite> bySite)
    {
        foreach (((string, string?) key, TlsSite site) in bySite)
        {
            if (!ReferenceEquals(running?._bySite.GetValueOrDefault(key), site))
            {
                site.Discard();
            }
        }
    }
}
