using System.Collections.Immutable;

namespace Weir.Upstream.Resolving;

/// <summary>What is known about a name of which every answer is a server.</summary>
public sealed class ResolvedServers : Resolution
{
    internal ResolvedServers(string service, ImmutableArray<ResolvedServer> servers)
    {
        Service = service;
        Servers = servers;
    }

    /// <summary>As it was asked for: "name:port", or the owner of SRV records.</summary>
    public string Service { get; }

    /// <summary>By priority, then target, each target's addresses in the order to try them.</summary>
    public ImmutableArray<ResolvedServer> Servers { get; }

    /// <summary>The hosts behind <see cref="Servers"/>, to keep the good addresses of one that fails.</summary>
    internal ImmutableDictionary<string, ResolvedName> Targets { get; init; } = ImmutableDictionary<string, ResolvedName>.Empty;

    /// <summary>Whether both have the same servers, in any order.</summary>
    public bool HasSameServers(ResolvedServers other) =>
        Servers.Length == other.Servers.Length && !Servers.Except(other.Servers).Any();

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Service}: {(Servers.IsEmpty ? ErrorText : string.Join(", ", Servers.Select(static s => $"{s.Address} port {s.Port}")))}";
}
