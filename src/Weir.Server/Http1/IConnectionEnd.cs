using Weir.Abstractions.Exchanges;

namespace Weir.Server.Http1;

/// <summary>Is told when a client's connection is over, so that its place can be given to another one.</summary>
internal interface IConnectionEnd
{
    void OnEnded(ConnectionInfo connection);
}
