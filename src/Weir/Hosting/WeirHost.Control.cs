using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.Config.Model;
using Weir.Control;
using Weir.Machine;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.Plans;
using Weir.Server;
using Weir.Telemetry.Events;

namespace Weir.Hosting;

/// <summary>What operators decide while it runs, and what of that outlives it.</summary>
public sealed partial class WeirHost
{
    private const string SavedStatesFile = "server-states.json";

    private const string SavedModulesFile = "module-states.json";

    private const string SavedBansFile = "bans.json";

    private readonly SavedStates _states;
    private readonly SavedModules _memories;

    /// <summary>What may be asked of it, and told to it, while it runs.</summary>
    public IWeirControl Control { get; }

    /// <summary>What modules count.</summary>
    internal IReadOnlyList<ModuleCounter> ModuleCounters => _modules.Counters;

    /// <summary>Who is kept out.</summary>
    internal SavedBans Bans { get; }

    /// <summary>Ends the connections of a range of addresses.</summary>
    internal void AbortClients(IpPrefix range)
    {
        foreach (ServerLoop server in _servers)
        {
            server.Loop.Post(() => server.AbortClients(range));
        }
    }

    private static SavedBans OpenBans(WeirConfig config, WeirLog log)
    {
        SavedBans bans = new(config.Admin.IsOff ? null : Path.Combine(DataFolder.PathOf(config.Process), SavedBansFile), log);
        bans.Load();
        return bans;
    }

    // Without an admin nobody could take a saved decision back.
    private static SavedStates OpenStates(WeirConfig config, WeirLog log)
    {
        SavedStates states = new(
            config.Admin.IsOff ? null : new SavedStateFile(Path.Combine(DataFolder.PathOf(config.Process), SavedStatesFile)), log);
        states.Load();
        return states;
    }

    private static SavedModules OpenMemories(WeirConfig config, WeirLog log)
    {
        SavedModules modules = new(Path.Combine(DataFolder.PathOf(config.Process), SavedModulesFile), log);
        modules.Load();
        return modules;
    }

    /// <summary>Gives the servers of a plan the states that operators have decided, before it is in force.</summary>
    private void Recall(Plan plan)
    {
        foreach (UpstreamState upstream in plan.Upstreams.Values)
        {
            upstream.Memory = _states;
            _states.Recall(upstream.Name, upstream.Servers);
        }
    }
}
