namespace Weir.Upstream.Resolving;

/// <summary>The record types that the resolver asks for or reads (RFC 1035 section 3.2.2, RFC 3596, RFC 2782, RFC 6891).</summary>
internal enum DnsType : ushort
{
    /// <summary>An IPv4 address.</summary>
    A = 1,

    /// <summary>A name server: seen in referrals.</summary>
    Ns = 2,

    /// <summary>Another name for the same records.</summary>
    CName = 5,

    /// <summary>The start of a zone: carries the lifetime of a denial.</summary>
    Soa = 6,

    /// <summary>An IPv6 address.</summary>
    Aaaa = 28,

    /// <summary>A server with port, priority and weight.</summary>
    Srv = 33,

    /// <summary>EDNS: not data, but what both sides can do.</summary>
    Opt = 41,
}
