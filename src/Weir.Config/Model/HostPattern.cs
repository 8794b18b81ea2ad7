namespace Weir.Config.Model;

/// <summary>A host that a site is for.</summary>
/// <param name="Kind">How it matches.</param>
/// <param name="Host">In lower case: the name, the part behind "*.", or empty for any host.</param>
/// <param name="Position">Where it is written.</param>
public sealed record HostPattern(HostKind Kind, string Host, Position Position)
{
    /// <inheritdoc/>
    public override string ToString() => Kind switch
    {
        // RFC 3986 section 3.2.2: only the brackets tell an IPv6 address from a name with a port.
        HostKind.Exact => Host.Contains(':') ? $"[{Host}]" : Host,
        HostKind.Wildcard => "*." + Host,
        _ => "*",
    };
}
