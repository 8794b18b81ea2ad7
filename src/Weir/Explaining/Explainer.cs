using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Abstractions.Tracing;
using Weir.Config.Model;
using Weir.Hosting;
using Weir.Http.Http1;
using Weir.Net.Buffers;
using Weir.Net.Loops;
using Weir.Pipeline;
using Weir.Pipeline.Finishing;
using Weir.Pipeline.Forwarding;
using Weir.Pipeline.Plans;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;
using Weir.Upstreams;

namespace Weir.Explaining;

/// <summary>
/// Says what would happen to a request: its head goes through the same parser, and the exchange through the same spine and modules, as on
/// a Weir that runs. Nothing is connected, counted or logged.
/// </summary>
public sealed class Explainer
{
    private const long BufferOctets = 16 * 1024 * 1024;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(10);

    private readonly WeirConfig _config;
    private readonly IModuleCatalog _modules;

    /// <summary>Explains requests to a checked configuration.</summary>
    public Explainer(WeirConfig config, IModuleCatalog modules)
    {
        _config = config;
        _modules = modules;
    }

    /// <summary>Null when the configuration cannot be compiled: <see cref="PlanCheck"/> says why.</summary>
    /// <exception cref="TimeoutException">A module waits though it was only asked.</exception>
    public async Task<Explanation?> ExplainAsync(AskedRequest request)
    {
        using LoopGroup loops = new(1, new BufferBudget(BufferOctets), observer: null);
        CounterSet counters = new(1);
        Loop loop = loops.Loops[0];
        if (new PlanBuilder(_modules, new InertUpstreams(loop, counters, StickySecret.Find(_config.Process))).Build(_config) is not { } plan)
        {
            return null;
        }

        ExchangeRunner runner = new(new PlanHolder(plan), counters, new ExchangeEnd(counters, WeirLog.Silent, [null]));
        loops.Start();
        TaskCompletionSource<Explanation> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        loop.Post(() => _ = RunAsync(request, runner, loop, done));
        return await done.Task.WaitAsync(_patience);
    }

    private async Task RunAsync(AskedRequest request, ExchangeRunner runner, Loop loop, TaskCompletionSource<Explanation> done)
    {
        try
        {
            done.SetResult(await RunAsync(request, runner, loop));
        }
        catch (Exception exception)
        {
            // Whatever breaks here is for the caller to report.
            done.SetException(exception);
        }
    }

    private async Task<Explanation> RunAsync(AskedRequest request, ExchangeRunner runner, Loop loop)
    {
        AskingClient client = new();
        Exchange exchange = new() { Trace = new Trace(), IsHypothetical = true };
        Trace trace = exchange.Trace;
        exchange.Begin(Connect(request, trace), client, loop);
        exchange.Request.IsHttps = request.IsHttps;
        if (Refuse(request, exchange.Request) is { } reason)
        {
            trace.Add("head", $"refused as {RejectReasons.Name(reason)}: {RejectReasons.Text(reason)} The connection is closed.");
            return new Explanation { Outcome = Outcome.Refused, Steps = trace.Steps, Status = RejectReasons.Status(reason), Error = RejectReasons.Name(reason) };
        }

        TellHead(exchange.Request, trace);
        await runner.HandleAsync(exchange);
        return Conclude(exchange, client);
    }

    /// <summary>The listener that would take the connection, and who connects.</summary>
    private ConnectionInfo Connect(AskedRequest request, Trace trace)
    {
        ListenerConfig? listener = _config.Listen.FirstOrDefault(one => one.Address.Port == request.Port && !one.Address.IsUnix);
        string name = (listener ?? _config.Listen[0]).Address.ToString();
        trace.Add(
            "listener", listener is not null ? name : $"none has port {request.Port}; explained as if {name} had taken the connection");
        if (request.IsHttps && listener is { Tls: not true })
        {
            trace.Add("listener", "it does not speak TLS; explained as if it did");
        }

        return new ConnectionInfo(1, request.Client, 49152, request.Client, request.Port, request.IsHttps, name)
        {
            IsTrustedProxy = IpPrefix.AnyContains([.. _config.TrustedProxies], request.Client),
        };
    }

    private RejectReason? Refuse(AskedRequest request, RequestHead head)
    {
        int scanned = 0;
        ParseStatus status = RequestHeadParser.Parse(
            request.ToHead(), ref scanned, head, ServerLimitsOf.Head(_config.Limits), out _, out _, out RejectReason reason);
        return status switch
        {
            ParseStatus.Complete => null,
            ParseStatus.Rejected => reason,

            // The head is given whole: what asks for more has an end of its own in the middle, and would wait for the rest.
            _ => RejectReason.HeadTimeout,
        };
    }

    private static void TellHead(RequestHead head, Trace trace)
    {
        string target = Encoding.Latin1.GetString(head.Target);
        string normal = head.HasQuery ? $"{head.PathText}?{head.QueryText}" : head.PathText;
        string method = Encoding.Latin1.GetString(head.MethodToken);
        trace.Add("head", $"{method} {normal}, host {(head.Host.IsEmpty ? "none" : head.HostText)}");
        if (!head.IsAsterisk && target != normal)
        {
            trace.Add("head", $"the target was written {target}");
        }
    }

    private static Explanation Conclude(Exchange exchange, AskingClient client)
    {
        TraceStep? originHead = exchange.Trace!.Steps.FirstOrDefault(step => step.Where == Rehearsal.HeadStep);
        bool isForwarded = exchange.Error is null && exchange.AnsweredBy is null && originHead is not null;
        return new Explanation
        {
            Outcome = exchange.Error is not null ? Outcome.Failed
                : client.IsAborted ? Outcome.Aborted
                : isForwarded ? Outcome.Forwarded
                : Outcome.Answered,
            Steps = exchange.Trace.Steps,
            Status = isForwarded || client.IsAborted ? 0 : exchange.Response.Status,
            Error = exchange.Error?.Name,
            Site = exchange.SiteName,
            Route = exchange.RouteName,
            Upstream = exchange.UpstreamName,
            AnsweredBy = exchange.AnsweredBy,
            OriginHead = originHead?.Text.Split('\n') ?? [],
            AnswerHead = isForwarded ? [] : client.Head,
            AnswerBody = isForwarded ? "" : client.Body,
        };
    }
}
