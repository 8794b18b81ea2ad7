using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Weir.Abstractions.Exchanges;

namespace Weir.Upstream.Resolving;

/// <summary>The settings of resolv.conf(5) that a stub resolver obeys. What it cannot read it ignores, as the C library does.</summary>
public sealed record ResolvConf
{
    private const int MaxServers = 3;
    private const int MaxSearch = 32;
    private const int DnsPort = 53;

    /// <summary>In order of preference; 127.0.0.1:53 when the file names none. Values set in code may have other ports.</summary>
    public IReadOnlyList<IPEndPoint> Servers { get; init; } = [new IPEndPoint(IPAddress.Loopback, DnsPort)];

    /// <summary>Domains in which a short name is tried, in order; from `search` or `domain`, whichever comes last.</summary>
    public IReadOnlyList<string> Search { get; init; } = [];

    /// <summary>A name with at least so many dots is tried as it is before the search list; 0 to 15.</summary>
    public int Ndots { get; init; } = 1;

    /// <summary>How long one server has for one query; 1 to 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Rounds over all servers; 1 to 5.</summary>
    public int Attempts { get; init; } = 2;

    /// <summary>Whether queries start at another server each time.</summary>
    public bool IsRotating { get; init; }

    /// <summary>`use-vc`: TCP from the start.</summary>
    public bool UsesTcp { get; init; }

    /// <summary>`trust-ad`: the AD bit is sent with queries.</summary>
    public bool TrustsAuthenticData { get; init; }

    /// <summary>`no-aaaa`: IPv6 addresses are not asked for.</summary>
    public bool SkipsIPv6 { get; init; }

    /// <summary>Reads the text of a resolv.conf.</summary>
    /// <param name="text">The file; empty for a missing one.</param>
    /// <param name="hostName">This machine's name: its domain is searched when the file names none.</param>
    public static ResolvConf Parse(string text, string hostName = "")
    {
        List<IPEndPoint> servers = [];
        List<string>? search = null;
        ResolvConf conf = new();
        foreach (ReadOnlySpan<char> raw in text.AsSpan().EnumerateLines())
        {
            // A comment sign counts in the first column only, and so does a keyword.
            if (raw.IsEmpty || raw[0] is '#' or ';' or ' ' or '\t')
            {
                continue;
            }

            string[] words = raw.ToString().Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries);
            switch (words[0])
            {
                case "nameserver" when words.Length > 1 && servers.Count < MaxServers && TryReadServer(words[1], out IPAddress? address):
                    servers.Add(new IPEndPoint(address!, DnsPort));
                    break;
                case "search":
                    search = ReadDomains(words.AsSpan(1));
                    break;
                case "domain" when words.Length > 1:
                    search = ReadDomains(words.AsSpan(1, 1));
                    break;
                case "options":
                    conf = ReadOptions(conf, words.AsSpan(1));
                    break;
            }
        }

        int dot = hostName.IndexOf('.', StringComparison.Ordinal);
        search ??= dot >= 0 ? ReadDomains([hostName[(dot + 1)..]]) : [];
        return conf with { Search = search, Servers = servers.Count > 0 ? servers : conf.Servers };
    }

    private static bool TryReadServer(string word, out IPAddress? address)
    {
        address = null;
        if (IpAddress.TryParse(word, out IpAddress plain))
        {
            address = plain.ToIPAddress();
            return true;
        }

        // Only a link-local IPv6 address with its zone is left; the platform's parser knows interface names.
        return word.Contains('%', StringComparison.Ordinal)
            && IPAddress.TryParse(word, out address)
            && address.AddressFamily == AddressFamily.InterNetworkV6;
    }

    private static List<string> ReadDomains(ReadOnlySpan<string> words)
    {
        List<string> domains = [];
        foreach (string word in words)
        {
            if (domains.Count < MaxSearch && DnsName.TryNormalize(word, out string? domain))
            {
                domains.Add(domain);
            }
        }

        return domains;
    }

    private static ResolvConf ReadOptions(ResolvConf conf, ReadOnlySpan<string> words)
    {
        foreach (string word in words)
        {
            int colon = word.IndexOf(':', StringComparison.Ordinal);
            string name = colon < 0 ? word : word[..colon];
            int? value = colon >= 0 && int.TryParse(word.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                ? number
                : null;
            conf = (name, value) switch
            {
                ("ndots", int n) => conf with { Ndots = Math.Min(n, 15) },
                ("timeout", int n) => conf with { Timeout = TimeSpan.FromSeconds(Math.Clamp(n, 1, 30)) },
                ("attempts", int n) => conf with { Attempts = Math.Clamp(n, 1, 5) },
                ("rotate", null) => conf with { IsRotating = true },
                ("use-vc", null) => conf with { UsesTcp = true },
                ("trust-ad", null) => conf with { TrustsAuthenticData = true },
                ("no-aaaa", null) => conf with { SkipsIPv6 = true },
                _ => conf,
            };
        }

        return conf;
    }
}
