using Weir.Abstractions.Errors;
using Weir.Pipeline.Balancing;

namespace Weir.Pipeline.Limiting;

/// <summary>A server at which the exchange holds a place, or why there is none.</summary>
internal readonly struct PlaceOutcome
{
    public PlaceOutcome(ServerState server)
    {
        Server = server;
        Error = null;
    }

    public PlaceOutcome(ProxyError error)
    {
        Server = null;
        Error = error;
    }

    public ServerState? Server { get; }

    public ProxyError? Error { get; }
}
