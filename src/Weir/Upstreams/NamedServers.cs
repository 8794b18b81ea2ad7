using Weir.Config.Model;
using Weir.Pipeline.Balancing;
using Weir.Upstream.Pooling;

namespace Weir.Upstreams;

/// <summary>A `dns:` entry: every address of the name is a server.</summary>
internal sealed class NamedServers
{
    private const int MostAbsent = 32;

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
    /// The servers it has and the last ones it had, by address: one that comes back has its health and history. Guarded by the lock of the
    /// set that is in force.
    /// </summary>
    public Dictionary<string, ServerState> Known { get; }

    /// <summary>
    /// Forgets servers whose addresses are gone, where there are many of them: a name whose addresses change by the hour must not fill the
    /// memory. Those that are still used, and the ones that were seen last, stay.
    /// </summary>
    /// <param name="current">The servers of the name now.</param>
    public void Forget(IReadOnlySet<ServerState> current)
    {
        // The order of a dictionary without removals is that of adding; with them it is good enough to choose by.
        KeyValuePair<string, ServerState>[] absent = [.. Known.Where(known => !current.Contains(known.Value))];
        foreach ((string address, ServerState server) in absent.Take(absent.Length - MostAbsent))
        {
            if (server.ActiveCount == 0 && server.IdleCount == 0)
            {
                Known.Remove(address);
            }
        }
    }
}
