using Weir.Config.Model;
using Weir.Pipeline.Balancing;
using Weir.Upstream.Pooling;

namespace Weir.Upstreams;

/// <summary>A `dns:` entry: every address of the name is a server.</summary>
internal sealed class NamedServers
{
    public NamedServers(ServerConfig config, DnsName name, OriginLimits limits, NamedServers? before)
    {
        Config = config;
        Name = name;
        Limits = limits;
        Identity = LiveServer.IdentityOf(config);
        Known = before?.Known ?? new Dictionary<string, ServerState>(StringComparer.Ordinal);
    }

    public ServerConfig Config { get; }

    public DnsName Name { get; }

    public OriginLimits Limits { get; }

    /// <summary>What makes the entry the same one after a reload.</summary>
    public string Identity { get; }

    /// <summary>
    /// Every server it has had, by address: one that comes back has its health and history. Guarded by the lock of the set that is in force.
    /// </summary>
    public Dictionary<string, ServerState> Known { get; }
}
