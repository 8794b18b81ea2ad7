using System.Globalization;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Tracing;
using Weir.Http.Http1;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.Stacks;
using Weir.Pipeline.Sticking;

namespace Weir.Pipeline.Forwarding;

/// <summary>
/// Stands where an exchange that only asks would meet its origin: says which servers it could have met and what they would have been
/// sent. Nothing is picked, counted or connected.
/// </summary>
public static class Rehearsal
{
    /// <summary>The trace step that holds the head for the origin, a line each.</summary>
    public const string HeadStep = "origin gets";

    /// <summary>The trace step that lists the servers.</summary>
    public const string ServersStep = "upstream";

    /// <summary>Null: a bare 200 stands for the origin's answer, so that the modules on its way up show what they would do to it.</summary>
    internal static ProxyError? Forward(Passage passage)
    {
        Exchange exchange = passage.Exchange;
        UpstreamState upstream = passage.Upstream!;
        IReadOnlyList<ServerState> candidates = upstream.CandidatesAt(exchange.Loop.NowMs);
        if (upstream.Policy.Sticky is { } sticky)
        {
            bool hadCookie = CookieStrip.Holds(exchange.Request.Fields, sticky.CookieName);
            ServerState? bound = StickySessions.FindBound(passage, sticky, isClients: true);
            TellSticky(exchange, sticky, hadCookie, bound);
            candidates = bound is null ? candidates : [bound];
        }

        ServerState? foreseen = candidates.Count > 1 ? upstream.Foresee(exchange) : null;
        if (exchange.Trace is { } trace)
        {
            TellServers(trace, passage, candidates, foreseen);
            TellPolicy(trace, upstream.Policy);
            TellHead(trace, passage);
        }

        if (candidates.Count == 0)
        {
            return ProxyErrors.NoServer;
        }

        exchange.ServerName = candidates.Count == 1 ? candidates[0].Name : foreseen?.Name;
        exchange.Response.Status = 200;
        exchange.Response.BodyLength = BodyLength.None;
        exchange.Trace?.Add("origin", "is not asked; a bare 200 stands for its answer");
        return null;
    }

    private static void TellServers(Trace trace, Passage passage, IReadOnlyList<ServerState> candidates, ServerState? foreseen)
    {
        UpstreamState upstream = passage.Upstream!;
        string names = string.Join(", ", candidates.Select(Describe));
        trace.Add(ServersStep, candidates.Count switch
        {
            0 => $"{upstream.Name} has no server",
            1 => $"{upstream.Name}: {names}",
            _ when foreseen is not null => $"{upstream.Name}: {upstream.BalancerName} picks {foreseen.Name}, of {names}",
            _ when upstream.Balancer is HashBalancer hash && !hash.HasKey(passage.Exchange) =>
                $"{upstream.Name}: {upstream.BalancerName} finds none in the request; p2c picks one of {names}",
            _ => $"{upstream.Name}: {upstream.BalancerName} picks one of {names}",
        });
        IReadOnlyList<ServerState> others = [.. upstream.Servers.Except(candidates)];
        if (others.Count > 0)
        {
            string backups = string.Join(", ", others.Select(Describe));
            trace.Add(ServersStep, $"only when none of these can be used: {backups}");
        }
    }

    private static void TellSticky(Exchange exchange, StickyPolicy sticky, bool hadCookie, ServerState? bound) =>
        exchange.Trace?.Add("sticky", bound is not null ? $"the cookie {sticky.Cookie} binds the client to {bound.Name}"
            : hadCookie ? $"the cookie {sticky.Cookie} is ignored: it is forged, too old, sealed with another key, or its server cannot be used"
            : $"no cookie {sticky.Cookie}: whichever server answers binds the client");

    private static string Describe(ServerState server) =>
        server.Weight == 1 ? server.Name : string.Create(CultureInfo.InvariantCulture, $"{server.Name} (weight {server.Weight})");

    private static void TellPolicy(Trace trace, ForwardPolicy policy)
    {
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"head within {policy.FirstByteTimeoutMs} ms, at most {policy.Attempts} {(policy.Attempts == 1 ? "try" : "tries")}");
        trace.Add("limits", text);
        if (policy.RequestLimit != 0)
        {
            trace.Add("limits", string.Create(
                CultureInfo.InvariantCulture,
                $"at most {policy.RequestLimit} requests in flight to each server; beyond, {policy.QueueLength} for each wait up to {policy.QueueTimeoutMs} ms"));
        }

        if (policy.HedgeAfterMs != 0)
        {
            trace.Add("limits", string.Create(CultureInfo.InvariantCulture, $"a second server is asked after {policy.HedgeAfterMs} ms, where that is safe"));
        }

        if (policy.ProxyProtocolVersion != 0)
        {
            trace.Add("limits", string.Create(CultureInfo.InvariantCulture, $"a PROXY header of version {policy.ProxyProtocolVersion} goes first"));
        }
    }

    private static void TellHead(Trace trace, Passage passage)
    {
        Exchange exchange = passage.Exchange;
        RequestWriteOptions options = new()
        {
            BodyLength = exchange.Request.BodyLength,
            KeepUpgrade = passage.WantsUpgrade,
            SendTeTrailers = exchange.Client.AsksForTrailers,
            UseRawTarget = passage.Site is { UsesRawPaths: true } && !exchange.Request.IsTargetChanged,
        };
        byte[] head = new byte[RequestHeadWriter.MaxOctets(exchange.Request)];
        int written = RequestHeadWriter.Write(exchange.Request, options, head);
        trace.Add(HeadStep, TracedFields.Shown(head.AsSpan(0, Math.Max(written, 0))));
    }
}
