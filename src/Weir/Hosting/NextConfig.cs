using Weir.Abstractions.Modules;
using Weir.Certificates;
using Weir.Config.Model;
using Weir.Net.Tls;
using Weir.Pipeline.Plans;
using Weir.Upstreams;

namespace Weir.Hosting;

/// <summary>A configuration that was compiled and is not in force yet.</summary>
internal sealed class NextConfig
{
    public NextConfig(WeirConfig config, Plan? plan, UpstreamChange upstreams, ModuleInventory modules)
    {
        Config = config;
        Plan = plan;
        Upstreams = upstreams;
        Modules = modules;
    }

    public WeirConfig Config { get; }

    /// <summary>Null after errors.</summary>
    public Plan? Plan { get; }

    public UpstreamChange Upstreams { get; }

    public ModuleInventory Modules { get; }

    /// <summary>The certificates as read.</summary>
    public SiteCertificates? Certificates { get; set; }

    /// <summary>Ticket keys that are shared; null: the process's own.</summary>
    public TicketKeyFile? TicketKeys { get; set; }

    /// <summary>What the certificates were made ready from.</summary>
    public IReadOnlyList<TlsServerOptions> TlsOptions { get; set; } = [];

    /// <summary>The certificates, ready for the loops; null where no listener speaks TLS.</summary>
    public TlsSites? Sites { get; set; }

    /// <summary>Modules of the connection moment.</summary>
    public Dictionary<ListenerConfig, IReadOnlyList<IConnectionModule>> ConnectionModules { get; } = new(
        ReferenceEqualityComparer.Instance);

    /// <summary>Listeners that were bound for it.</summary>
    public Dictionary<ListenerConfig, LiveListener> Added { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>Whether it can be put in force.</summary>
    public bool IsUsable { get; set; }

    /// <summary>Undoes what was prepared beside what runs.</summary>
    public void Abandon(ModuleInventory running, TlsSites? runningSites)
    {
        Upstreams.Abandon();
        Sites?.Discard(runningSites);
        Modules.DisposeAllBut(running);
        foreach (LiveListener listener in Added.Values)
        {
            listener.Discard();
        }
    }
}
