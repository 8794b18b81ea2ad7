using Weir.Abstractions.Exchanges;
using Weir.Net.Loops;

namespace Weir.Net.Tls;

/// <summary>The contexts of all sites, a set for each loop. Immutable once made.</summary>
public sealed class TlsSites
{
    private readonly SniTable<TlsContext>[] _byLoop;
    private readonly List<TlsContext>[] _contexts;

    private TlsSites(SniTable<TlsContext>[] byLoop, List<TlsContext>[] contexts, IReadOnlyList<TlsPolicy> policies)
    {
        Policies = policies;
        _byLoop = byLoop;
        _contexts = contexts;
    }

    /// <summary>What is promised for each site.</summary>
    public IReadOnlyList<TlsPolicy> Policies { get; }

    /// <summary>Makes every context. Null with what is wrong, beginning with the site's name.</summary>
    /// <param name="sites">Each site's options; the one for unknown names, and for none, first.</param>
    /// <param name="loops">How many loops there are.</param>
    /// <param name="tickets">The process's ticket keys.</param>
    /// <param name="problem">What is wrong.</param>
    public static TlsSites? TryBuild(IReadOnlyList<TlsServerOptions> sites, int loops, TlsTicketKeys tickets, out string problem)
    {
        problem = "";
        SniTable<TlsContext>[] byLoop = new SniTable<TlsContext>[loops];
        List<TlsContext>[] contexts = new List<TlsContext>[loops];
        for (int loop = 0; loop < loops; loop++)
        {
            contexts[loop] = [];
            List<KeyValuePair<string, TlsContext>> names = [];
            foreach (TlsServerOptions site in sites)
            {
                if (TlsContext.ForServer(site, tickets, out problem) is not { } context)
                {
                    problem = $"{site.Policy.Site}: {problem}";
                    Array.ForEach(contexts, made => made?.ForEach(one => one.Dispose()));
                    return null;
                }

                contexts[loop].Add(context);
                names.AddRange(site.Hosts.Select(host => KeyValuePair.Create(host, context)));
            }

            byLoop[loop] = new SniTable<TlsContext>(names, contexts[loop].Count > 0 ? contexts[loop][0] : null);
        }

        return new TlsSites(byLoop, contexts, [.. sites.Select(site => site.Policy)]);
    }

    /// <summary>A loop's contexts by server name.</summary>
    public SniTable<TlsContext> OfLoop(int loop) => _byLoop[loop];

    /// <summary>Gives all contexts back that no loop has used, or no loop uses any more because it has ended.</summary>
    public void Discard() => Array.ForEach(_contexts, contexts =>
    {
        contexts.ForEach(context => context.Dispose());
        contexts.Clear();
    });

    /// <summary>Gives a loop's contexts back; on that loop. Sessions that were made from them live on.</summary>
    public void DisposeOn(Loop loop)
    {
        loop.AssertCurrent();
        _contexts[loop.Index].ForEach(context => context.Dispose());
        _contexts[loop.Index].Clear();
    }
}
