using Weir.Abstractions.Exchanges;
using Weir.Http.Http1;
using Weir.Pipeline.Finishing;
using Weir.Server;

namespace Weir.Hosting;

/// <summary>Gives requests that the codec refused their line in the access log.</summary>
internal sealed class RejectLog : IRejectObserver
{
    private readonly ExchangeEnd _end;

    public RejectLog(ExchangeEnd end) => _end = end;

    public void OnRejected(Exchange exchange, RejectReason reason, int status) =>
        _end.OnRejected(exchange, RejectReasons.Name(reason), status);
}
