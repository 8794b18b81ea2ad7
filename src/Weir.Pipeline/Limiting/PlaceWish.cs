using Weir.Abstractions.Exchanges;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.Forwarding;

namespace Weir.Pipeline.Limiting;

/// <summary>Which server an exchange would take a place at.</summary>
internal struct PlaceWish
{
    public Exchange Exchange;

    public ForwardPolicy Policy;

    /// <summary>Servers that failed this exchange already.</summary>
    public TriedServers Tried;

    /// <summary>The only server that will do: the client's session is there. Null: any.</summary>
    public ServerState? Bound;

    // Balancing was in panic when it chose: what it chose was not usable, so any will do.
    private bool _takesUnusable;

    /// <summary>What balancing chose; another one like it will do.</summary>
    public ServerState Picked { get; private set; }

    /// <summary>Whether it would take any server.</summary>
    public readonly bool IsOpen => Bound is null && Tried.IsEmpty;

    /// <summary>Notes what balancing has just chosen.</summary>
    public void Pick(ServerState server, long nowMs)
    {
        Picked = server;
        _takesUnusable = !server.IsUsable(nowMs);
    }

    /// <summary>Whether a free place there is of use to it.</summary>
    public readonly bool Fits(ServerState server, long nowMs)
    {
        if (Bound is not null)
        {
            return ReferenceEquals(Bound, server) && server.IsUsableForBound(nowMs);
        }

        return !Tried.Contains(server) && server.IsBackup == Picked.IsBackup
            && (server.IsUsable(nowMs) || (_takesUnusable && server.AdminState == AdminState.Ready));
    }
}
