// Hot: runs for every exchange.
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Pipeline.Stacks;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.Pipeline.Finishing;

/// <summary>The end of an exchange: who ended it and where, finish modules, counters, access log.</summary>
public sealed class ExchangeEnd
{
    private readonly CounterSet _counters;
    private readonly WeirLog _log;
    private readonly IExchangeLog?[] _accessLogs;

    /// <summary>With an access log for each loop, or none.</summary>
    public ExchangeEnd(CounterSet counters, WeirLog log, IReadOnlyList<IExchangeLog?> accessLogs)
    {
        _counters = counters;
        _log = log;
        _accessLogs = [.. accessLogs];
    }

    /// <summary>Exchanges that end from now on are written elsewhere; on the loop.</summary>
    public void SetLog(int loop, IExchangeLog? log) => _accessLogs[loop] = log;

    internal void Finish(Passage passage, ProxyError? cut)
    {
        Exchange exchange = passage.Exchange;
        if (exchange.IsHypothetical)
        {
            // It only asked: neither counted nor logged, and no module is told.
            passage.Reset();
            return;
        }

        exchange.Timings.EndedNs = exchange.Loop.NowNs;
        LoopCounters counters = _counters.OfLoop(exchange.Loop.Index);
        if (cut is null && exchange.Error is null)
        {
            exchange.Phase = Phase.Done;
        }
        else
        {
            Blame(exchange, cut ?? exchange.Error!, counters);
            TellLimit(exchange, cut ?? exchange.Error!);
        }

        counters.Add(Counter.ExchangesCompleted);
        counters.AddStatus(exchange.Response.Status);
        counters.Add(Counter.ClientOctetsIn, exchange.ReceivedOctets);
        counters.Add(Counter.ClientOctetsOut, exchange.Client.SentOctets);
        counters.Record(TimedPhase.Total, exchange.Timings.EndedNs - exchange.Timings.StartedNs);
        if (passage.Site is { Stack.Finishes.Length: > 0 } || passage.Route is { Stack.Finishes.Length: > 0 })
        {
            FinishModules(passage);
        }

        _accessLogs[exchange.Loop.Index]?.Write(exchange);
        passage.Replay?.Release();
        passage.Reset();
    }

    /// <summary>A request whose head could not be used: it never was an exchange, but it has a line and is counted.</summary>
    public void OnRejected(Exchange exchange, string reason, int status)
    {
        exchange.Timings.EndedNs = exchange.Loop.NowNs;
        exchange.Response.Status = status;
        exchange.Error = ProxyErrors.BadRequest;
        exchange.ErrorDetail = reason;
        exchange.EndedBy = Fault.Client;
        exchange.Phase = Phase.Head;
        LoopCounters counters = _counters.OfLoop(exchange.Loop.Index);
        counters.AddStatus(status);
        counters.Add(Counter.EndedByClient);
        _accessLogs[exchange.Loop.Index]?.Write(exchange);
    }

    internal void OnException(Exchange exchange, string module, Exception exception)
    {
        exchange.ErrorDetail = exception.GetType().Name;
        _log.Write(OperatorEvents.ModuleThrew, module, exchange.Phase.ToString(), exception.ToString());
    }

    private void FinishModules(Passage passage)
    {
        Exchange exchange = passage.Exchange;
        try
        {
            StackRunner.Finish(passage.Site!.Stack, exchange);
            if (passage.Route is { } route)
            {
                StackRunner.Finish(route.Stack, exchange);
            }
        }
        catch (Exception exception)
        {
            // A module's exception after the answer changes nothing for the client.
            OnException(exchange, "finish", exception);
        }
    }

    /// <summary>Says which option of `limits` cut a client off.</summary>
    private void TellLimit(Exchange exchange, ProxyError error)
    {
        if (error.Fault != Fault.Client || !_log.IsEnabled(OperatorEvents.ClientOverLimit))
        {
            return;
        }

        (string Limit, string What)? note =
            ReferenceEquals(error, ProxyErrors.BodyTooSlow) ? ("body_min_rate", "its content came too slowly (408)")
            : ReferenceEquals(error, ProxyErrors.ClientTooSlow) ? ("response_min_rate", "it took its answer too slowly, or not at all for idle_timeout")
            : ReferenceEquals(error, ProxyErrors.BodyTooLarge)
                ? ("body_size", "its content is too large (413), by this limit, the route's body_limit, or decompress")
            : null;
        if (note is { } known)
        {
            _log.Write(OperatorEvents.ClientOverLimit, exchange.ClientAddress.ToString(), known.Limit, known.What);
        }
    }

    private static void Blame(Exchange exchange, ProxyError error, LoopCounters counters)
    {
        // A module that cut the client off has said why; the write that this ended knows of an abort only.
        error = exchange.Error is { Phase: Phase.Body } known ? known : error;
        exchange.Error ??= error;
        exchange.EndedBy = error.Fault;
        exchange.Phase = error.Phase;
        counters.Add(CounterFamily.ProxyErrors, error.Index);
        counters.Add(error.Fault switch
        {
            Fault.Client => Counter.EndedByClient,
            Fault.Origin => Counter.EndedByOrigin,
            _ => Counter.EndedByWeir,
        });
        if (CounterOf(error) is { } timeout)
        {
            counters.Add(timeout);
        }
    }

    private static Counter? CounterOf(ProxyError error)
    {
        if (ReferenceEquals(error, ProxyErrors.QueueTimeout))
        {
            return Counter.TimeoutQueue;
        }

        if (ReferenceEquals(error, ProxyErrors.OriginTimeout) || ReferenceEquals(error, ProxyErrors.TryTimeout))
        {
            return Counter.TimeoutFirstByte;
        }

        if (ReferenceEquals(error, ProxyErrors.ConnectTimeout))
        {
            return Counter.TimeoutConnect;
        }

        if (ReferenceEquals(error, ProxyErrors.OriginIdle))
        {
            return Counter.TimeoutOriginIdle;
        }

        if (ReferenceEquals(error, ProxyErrors.OriginWriteTimeout))
        {
            return Counter.TimeoutOriginWrite;
        }

        if (ReferenceEquals(error, ProxyErrors.BodyTooSlow))
        {
            return Counter.TimeoutClientBody;
        }

        return ReferenceEquals(error, ProxyErrors.ClientTooSlow) ? Counter.TimeoutClientWrite : null;
    }
}
