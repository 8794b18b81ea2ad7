using Weir.Abstractions.Exchanges;

namespace Weir.Server.Listening;

/// <summary>Is told when a client's connection is over, so that its place can be given to another one.</summary>
internal interface IConnectionEnd
{
    /// <summary>What the connection shares with the others of its listener.</summary>
    ListenerState Listener { get; }

    void OnEnded(ConnectionInfo connection);
}
