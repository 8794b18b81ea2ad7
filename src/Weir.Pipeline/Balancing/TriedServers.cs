namespace Weir.Pipeline.Balancing;

/// <summary>The servers that an exchange has tried: few, so a short list of references. A value of the exchange's own state.</summary>
public struct TriedServers
{
    private ServerState? _first;
    private ServerState? _second;
    private ServerState? _third;

    /// <summary>Whether none was tried.</summary>
    public readonly bool IsEmpty => _first is null;

    /// <summary>Whether a server was tried. Of more than three tries the oldest are forgotten.</summary>
    public readonly bool Contains(ServerState server) =>
        ReferenceEquals(_first, server) || ReferenceEquals(_second, server) || ReferenceEquals(_third, server);

    /// <summary>Notes a try.</summary>
    public void Add(ServerState server)
    {
        _third = _second;
        _second = _first;
        _first = server;
    }
}
