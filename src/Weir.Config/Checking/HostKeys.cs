using Weir.Abstractions.Exchanges;
using Weir.Config.Model;
using Weir.Config.Shapes;
using Weir.Config.Yaml;

namespace Weir.Config.Checking;

/// <summary>The hosts in the keys of `sites`.</summary>
internal static class HostKeys
{
    /// <summary>The hosts of a key, separated by commas.</summary>
    internal static IReadOnlyList<HostPattern> Parse(string key, Position position, ErrorList errors)
    {
        List<HostPattern> hosts = [];
        foreach (string part in key.Split(','))
        {
            string text = part.Trim();
            if (ParseOne(text, position, out string cause, out string remedy) is { } host)
            {
                hosts.Add(host);
                continue;
            }

            errors.Error(position, $"\"{ScalarNode.Shorten(text)}\" {cause}.", remedy);
        }

        return hosts;
    }

    /// <summary>Reports hosts that two sites, or one site twice, are for.</summary>
    internal static void CheckDoubles(IEnumerable<SiteConfig> sites, ErrorList errors)
    {
        Dictionary<string, Position> seen = new(StringComparer.Ordinal);
        foreach (HostPattern host in sites.SelectMany(site => site.Hosts))
        {
            if (!seen.TryAdd(host.ToString(), host.Position))
            {
                errors.Error(
                    host.Position, $"The host {host} is already taken by the site at {seen[host.ToString()]}.", "Keep it in one place.");
            }
        }
    }

    private static HostPattern? ParseOne(string text, Position position, out string cause, out string remedy)
    {
        const string Forms = "Write a name, *.NAME or *.";
        cause = "is not a host";
        remedy = Forms;
        string host = text.ToLowerInvariant();
        if (host == "*")
        {
            return new HostPattern(HostKind.Any, "", position);
        }

        if (host.Contains("://", StringComparison.Ordinal) || host.Contains('/'))
        {
            cause = "is a URL, not a host";
            remedy = "Leave the scheme and the path away: paths belong into `routes`.";
            return null;
        }

        bool isWildcard = host.StartsWith("*.", StringComparison.Ordinal);
        string name = (isWildcard ? host[2..] : host).Trim('[', ']');
        if (name.Contains('*'))
        {
            cause = "has a * that is not its whole first label";
            return null;
        }

        if (IpAddress.TryParse(name, out IpAddress address) && !isWildcard)
        {
            return new HostPattern(HostKind.Exact, address.ToString(), position);
        }

        if (name.Contains(':'))
        {
            cause = "has a port";
            remedy = "Leave the port away: ports belong into `listen`.";
            return null;
        }

        if (name.EndsWith('.'))
        {
            cause = "ends with a dot";
            remedy = "Leave the dot away.";
            return null;
        }

        if (name.Any(c => c > '\x7F'))
        {
            cause = "is not in ASCII";
            remedy = "Write the xn-- form that clients send.";
            return null;
        }

        return OriginSyntax.IsHostName(name) ? new HostPattern(isWildcard ? HostKind.Wildcard : HostKind.Exact, name, position) : null;
    }
}
