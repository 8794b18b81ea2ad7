// Hot: runs for each request that passes the stack, and for each connection of a listener.
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Access;

/// <summary>Lets clients in or keeps them out by their address.</summary>
internal sealed class AccessModule : IRequestModule, IConnectionModule
{
    private readonly WatchedList _list;

    public AccessModule(WatchedList list) => _list = list;

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        bool isAllowed = _list.IsAllowed(exchange.ClientAddress, out AddressRule? rule);
        exchange.Trace?.Add("access", $"{(isAllowed ? "allowed" : "refused")} {exchange.ClientAddress}: {_list.Place(rule)}");
        if (isAllowed)
        {
            return new(Verdict.Continue);
        }

        exchange.Error = ProxyErrors.AccessDenied;
        return new(Verdict.Answered);
    }

    /// <inheritdoc/>
    public Verdict OnConnected(in ConnectionInfo connection) =>
        _list.IsAllowed(connection.Remote, out _) ? Verdict.Continue : Verdict.Abort;

    /// <inheritdoc/>
    public Verdict OnClientHello(in ClientHello hello) => Verdict.Continue;
}
