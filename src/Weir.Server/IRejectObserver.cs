using Weir.Abstractions.Exchanges;
using Weir.Http.Http1;

namespace Weir.Server;

/// <summary>Is told about requests whose head could not be used. Called on the loop.</summary>
public interface IRejectObserver
{
    /// <summary>A head was refused; what could be read of it is in the exchange.</summary>
    void OnRejected(Exchange exchange, RejectReason reason, int status);
}
