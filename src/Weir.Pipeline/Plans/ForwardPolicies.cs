using Weir.Codings;
using Weir.Config.Model;
using Weir.Pipeline.Forwarding;
using Weir.Pipeline.Health;
using Weir.Pipeline.Sticking;

namespace Weir.Pipeline.Plans;

/// <summary>An upstream's options, in the units that forwarding uses.</summary>
public static class ForwardPolicies
{
    /// <summary>The policy of an upstream. Without keys, cookies of sticky sessions end with the process.</summary>
    public static ForwardPolicy Of(UpstreamConfig config, StickyKeys? keys = null)
    {
        RetryConfig retry = config.Retry;
        PassiveHealthConfig passive = config.Health.Passive;
        return new ForwardPolicy
        {
            FirstByteTimeoutMs = Ms(config.Timeouts.FirstByte),
            IdleTimeoutMs = Ms(config.Timeouts.Idle),
            PerTryTimeoutMs = retry.PerTryTimeout is { } perTry ? Ms(perTry) : 0,
            HedgeAfterMs = retry.Hedge is { } hedge ? Ms(hedge.After) : 0,
            RequestLimit = RequestLimit(config),
            QueueLength = config.Limits.Queue,
            QueueTimeoutMs = Ms(config.Limits.QueueTimeout),
            Sticky = config.Sticky is { } sticky ? new StickyPolicy(sticky.Cookie, sticky.Ttl, keys ?? StickyKeys.Fleeting()) : null,
            Attempts = retry.Attempts,
            RetriesConnect = retry.On.Any(condition => condition.Cause == RetryCause.Connect),
            RetriesReset = retry.On.Any(condition => condition.Cause == RetryCause.Reset),
            RetriesTimeout = retry.On.Any(condition => condition.Cause == RetryCause.Timeout),
            RetryStatuses = [.. retry.On.Where(condition => condition.Cause == RetryCause.Status).Select(condition => condition.Status)],
            BudgetShare = retry.Budget.Fraction,
            BufferOctets = (int)retry.Buffer.Octets,
            PanicShare = config.Health.Panic.Fraction,
            SlowStartMs = Ms(config.SlowStart),
            RequestCoding = CodingOf(config.CompressRequests),
            ProxyProtocolVersion = ProxyVersion(config),
            Checks = config.Health.Active is { } active ? ChecksOf(active, ProxyVersion(config)) : null,
            Health = new PassiveHealthPolicy
            {
                Failures = passive.Failures,
                WindowMs = Ms(passive.Window),
                EjectMs = Ms(passive.Eject),
                MaxEjectedShare = passive.MaxEjected.Fraction,
            },
        };
    }

    /// <summary>The coding that an option names; identity for none.</summary>
    internal static ContentCoding CodingOf(Config.Model.RequestCompression? compression) => compression switch
    {
        Config.Model.RequestCompression.Gzip => ContentCoding.Gzip,
        Config.Model.RequestCompression.Br => ContentCoding.Brotli,
        Config.Model.RequestCompression.Zstd => ContentCoding.Zstd,
        _ => ContentCoding.Identity,
    };

    // An HTTP/1 connection carries one request at a time: who has a place has a connection, too, or finds one that idles. Over HTTP/2 the
    // two have nothing to do with each other.
    private static int RequestLimit(UpstreamConfig config) => RequestLimit(
        config.Limits, connections: config.Servers.All(static server => server.Protocol == ListenerProtocol.H2) ? null : config.Limits.Connections);

    private static int RequestLimit(UpstreamLimitsConfig limits, int? connections) => (limits.Requests, connections) switch
    {
        (null, null) => 0,
        (null, { } most) => most,
        ({ } requests, null) => requests,
        ({ } requests, { } most) => Math.Min(requests, most),
    };

    /// <summary>Milliseconds, saturated.</summary>
    public static int Ms(TimeSpan time) => (int)Math.Min(time.TotalMilliseconds, int.MaxValue - 1);

    private static ActiveHealthPolicy ChecksOf(ActiveHealthConfig config, int proxyVersion) => new()
    {
        IsTcp = config.Type == HealthCheckType.Tcp,
        IsGrpc = config.Type == HealthCheckType.Grpc,
        Service = config.Service,
        Method = config.Method,
        Path = config.Path,
        Host = config.Host,
        Port = config.Port,
        IntervalMs = Ms(config.Interval),
        TimeoutMs = Ms(config.Timeout),
        Rise = config.Rise,
        Fall = config.Fall,
        Statuses = config.Expect.Status,
        Body = config.Expect.Body is { } body ? new BodyExpectation(body) : null,
        ProxyProtocolVersion = proxyVersion,
    };

    private static int ProxyVersion(UpstreamConfig config) => config.ProxyProtocol switch
    {
        Config.Model.ProxyProtocolVersion.V1 => 1,
        Config.Model.ProxyProtocolVersion.V2 => 2,
        _ => 0,
    };
}
