namespace Weir.Upstream.Resolving;

/// <summary>The full names that a written name may mean (resolv.conf(5), search and ndots).</summary>
internal static class SearchList
{
    /// <summary>In the order to ask; empty when the text is no name.</summary>
    public static IReadOnlyList<string> Candidates(string written, ResolvConf conf)
    {
        if (!DnsName.TryNormalize(written, out string? name))
        {
            return [];
        }

        if (written.EndsWith('.'))
        {
            return [name];
        }

        List<string> candidates = [];
        foreach (string domain in conf.Search)
        {
            if (DnsName.TryNormalize($"{name}.{domain}", out string? candidate))
            {
                candidates.Add(candidate);
            }
        }

        bool isTriedFirst = name.AsSpan().Count('.') >= conf.Ndots;
        candidates.Insert(isTriedFirst ? 0 : candidates.Count, name);
        return candidates;
    }
}
