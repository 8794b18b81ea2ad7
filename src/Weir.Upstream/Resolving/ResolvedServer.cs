using Weir.Abstractions.Exchanges;

namespace Weir.Upstream.Resolving;

/// <summary>One server behind a name.</summary>
/// <param name="Target">The host whose address it is.</param>
/// <param name="Address">Where to connect.</param>
/// <param name="Port">From the SRV record, or as written.</param>
/// <param name="Priority">RFC 2782: servers with the lowest value are used while one of them works. 0 without SRV.</param>
/// <param name="Weight">RFC 2782: the share among servers of one priority; 0 is a small one. 0 without SRV.</param>
public sealed record ResolvedServer(string Target, IpAddress Address, ushort Port, ushort Priority, ushort Weight);
