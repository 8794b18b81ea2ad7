using Weir.Abstractions.Exchanges;

namespace Weir.Config.Model;

/// <summary>A host that a site is for.</summary>
/// <param name="Kind">How it matches.</param>
/// <param name="Host">In lower case: the name, the part behind "*.", or empty for any host.</param>
/// <param name="Position">Where it is written.</param>
public sealed record HostPattern(HostKind Kind, string Host, Position Position)
{
    // RFC 6761 and RFC 8375: names that are never public; `.lan`, `.local` and `.internal` are not either.
    private static readonly string[] _reserved = ["localhost", "local", "internal", "test", "example", "invalid", "lan", "arpa", "onion"];

    /// <summary>Whether the world may reach it by name: then a public authority can certify it.</summary>
    public bool IsPublic
    {
        get
        {
            int dot = Host.LastIndexOf('.');
            return Kind != HostKind.Any && dot > 0 && !IpAddress.TryParse(Host, out _) && !_reserved.Contains(Host[(dot + 1)..]);
        }
    }

    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        // RFC 3986 section 3.2.2: only the brackets tell an IPv6 address from a name with a port.
        HostKind.Exact => Host.Contains(':') ? $"[{Host}]" : Host,
        HostKind.Wildcard => "*." + Host,
        _ => "*",
    };
}
