namespace Weir.Pipeline.Balancing;

/// <summary>A list of servers and the policy over it, with what the policy has worked out. Immutable, swapped as a whole.</summary>
internal sealed class ServerSet
{
    private readonly int[] _weights;
    private readonly bool[] _areBackups;

    public ServerSet(IReadOnlyList<ServerState> all, IBalancer balancer)
    {
        All = all;
        Balancer = balancer;
        Everyone = [.. all];
        Primaries = [.. all.Where(server => !server.IsBackup)];
        Backups = [.. all.Where(server => server.IsBackup)];
        Only = Primaries.Length == 1 ? Primaries[0] : null;
        Prepared = balancer.Prepare(Everyone);
        _weights = [.. all.Select(server => server.Weight)];
        _areBackups = [.. all.Select(server => server.IsBackup)];
    }

    public IReadOnlyList<ServerState> All { get; }

    public IBalancer Balancer { get; }

    public ServerState[] Everyone { get; }

    public ServerState[] Primaries { get; }

    public ServerState[] Backups { get; }

    /// <summary>The primary where there is one alone: then there is nothing to pick.</summary>
    public ServerState? Only { get; }

    public object? Prepared { get; }

    /// <summary>Whether it is what a new set of these servers would be.</summary>
    public bool IsOf(IReadOnlyList<ServerState> servers)
    {
        if (servers.Count != Everyone.Length)
        {
            return false;
        }

        for (int i = 0; i < Everyone.Length; i++)
        {
            ServerState server = servers[i];
            if (!ReferenceEquals(server, Everyone[i]) || server.Weight != _weights[i] || server.IsBackup != _areBackups[i])
            {
                return false;
            }
        }

        return true;
    }
}
