using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.Health;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.Pipeline.Forwarding;

/// <summary>Notes failed tries against their servers. A connection that grew stale in the pool says nothing against its server.</summary>
internal sealed class ServerBlame
{
    private readonly WeirLog _log;
    private readonly Ejector _ejector;

    public ServerBlame(CounterSet counters, WeirLog log)
    {
        _log = log;
        _ejector = new Ejector(counters, log);
    }

    public void OnFailure(UpstreamState upstream, ServerState server, LoopServices loop, ProxyError? error, string? detail)
    {
        if (error is not { Fault: Fault.Origin, Phase: not Phase.Queue })
        {
            return;
        }

        ServerTally tally = server.TallyOf(loop.Index);
        tally.OnFailure();
        tally.OnNoAnswer(loop.NowNs);
        if (ReferenceEquals(error, ProxyErrors.OriginBadHead) || ReferenceEquals(error, ProxyErrors.OriginHeadTooLarge))
        {
            _log.Write(OperatorEvents.OriginMalformed, upstream.Name, server.Name, detail ?? error.Name);
        }

        if (ReferenceEquals(error, ProxyErrors.OriginNotHttp2))
        {
            _log.Write(OperatorEvents.OriginNotHttp2, upstream.Name, server.Name);
        }

        _ejector.OnFailure(upstream, server, loop, error);
    }
}
