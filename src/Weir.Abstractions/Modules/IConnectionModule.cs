using Weir.Abstractions.Exchanges;

namespace Weir.Abstractions.Modules;

/// <summary>Runs for a listener's new connections, before TLS and before any site is known.</summary>
public interface IConnectionModule : IModule
{
    /// <summary>Asked once the client's address is known (after a PROXY header).</summary>
    Verdict OnConnected(in ConnectionInfo connection);

    /// <summary>Asked once the TLS ClientHello was read.</summary>
    Verdict OnClientHello(in ClientHello hello);
}
