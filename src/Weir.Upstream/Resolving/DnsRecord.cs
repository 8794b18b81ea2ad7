using Weir.Abstractions.Exchanges;

namespace Weir.Upstream.Resolving;

/// <summary>One record of an answer, of a type that the resolver reads. Which members hold something depends on the type.</summary>
/// <param name="Name">The owner, lower case.</param>
/// <param name="Type">A, AAAA, CNAME, SRV, SOA or NS.</param>
/// <param name="TtlSeconds">Lifetime as sent; a value with the top bit set reads as 0 (RFC 2181 section 8).</param>
internal sealed record DnsRecord(string Name, DnsType Type, uint TtlSeconds)
{
    /// <summary>A and AAAA: the address.</summary>
    public IpAddress Address { get; init; }

    /// <summary>CNAME and SRV: the other name, lower case; empty is the root.</summary>
    public string Target { get; init; } = "";

    /// <summary>SRV: lower is tried first.</summary>
    public ushort Priority { get; init; }

    /// <summary>SRV: the share among equals in priority.</summary>
    public ushort Weight { get; init; }

    /// <summary>SRV: the port.</summary>
    public ushort Port { get; init; }

    /// <summary>SOA: the MINIMUM field, in seconds, which bounds the lifetime of a denial (RFC 2308 section 4).</summary>
    public uint Minimum { get; init; }
}
