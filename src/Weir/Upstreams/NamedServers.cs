using Weir.Config.Model;
using Weir.Upstream.Pooling;

namespace Weir.Upstreams;

/// <summary>A `dns:` entry: every address of the name is a server.</summary>
internal sealed record NamedServers(ServerConfig Config, DnsName Name, OriginLimits Limits);
