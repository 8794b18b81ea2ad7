using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Errors;
using Weir.Net.Connections;
using Weir.Net.Loops;
using Weir.Net.Tls;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.Upstream.Connecting;

/// <summary>TLS towards one server: a context and sessions to resume for each loop. Shared by all loops; each uses its own part.</summary>
public sealed class OriginTls
{
    private readonly TlsClientContext?[] _contexts;
    private readonly TlsClientContext?[] _next;
    private readonly IReadOnlyList<LoopCounters> _counters;
    private readonly Lazy<OriginTls> _forHttp1;
    private readonly Lazy<OriginTls> _forHttp2;
    private volatile TlsClientOptions? _options;

    /// <summary>TLS with those options.</summary>
    /// <param name="options">Name, authorities, certificate; null: they cannot be had, and every connection fails rather than be in the
    /// clear.</param>
    /// <param name="counters">The counters of each loop, in order.</param>
    public OriginTls(TlsClientOptions? options, IReadOnlyList<LoopCounters> counters)
    {
        _counters = counters;
        _options = options;
        _next = new TlsClientContext?[counters.Count];
        Protocols = options?.Protocols ?? AlpnProtocols.Http1;
        _forHttp1 = new Lazy<OriginTls>(() => Another(AlpnProtocols.Http1));
        _forHttp2 = new Lazy<OriginTls>(() => Another(AlpnProtocols.Http2));
        _contexts = [.. counters.Select(_ => options is null ? null : TlsClientContext.Create(options, out string _))];
    }

    /// <summary>Where operators read why handshakes fail.</summary>
    public WeirLog Log { get; init; } = WeirLog.Silent;

    /// <summary>What the server is called there.</summary>
    public string Name { get; init; } = "";

    /// <summary>What is offered.</summary>
    public AlpnProtocols Protocols { get; }

    /// <summary>The same for connections of that version alone.</summary>
    public OriginTls Offering(AlpnProtocols protocol) =>
        protocol == Protocols ? this : protocol == AlpnProtocols.Http2 ? _forHttp2.Value : _forHttp1.Value;

    /// <summary>
    /// Connections that are made from now on use these options; those that are there go on, and no session from before is resumed. False
    /// with what is wrong, and nothing changes. One thread at a time.
    /// </summary>
    public bool Renew(TlsClientOptions options, out string problem)
    {
        problem = "";
        TlsClientContext?[] made = new TlsClientContext?[_next.Length];
        for (int loop = 0; loop < made.Length; loop++)
        {
            made[loop] = TlsClientContext.Create(options, out problem);
            if (made[loop] is null)
            {
                Array.ForEach(made, context => context?.Dispose());
                return false;
            }
        }

        _options = options;
        for (int loop = 0; loop < made.Length; loop++)
        {
            // Each loop takes its own when it connects next; what it never took is nobody's.
            Interlocked.Exchange(ref _next[loop], made[loop])?.Dispose();
        }

        return RenewAnother(_forHttp1, out problem) && RenewAnother(_forHttp2, out problem);
    }

    /// <summary>Shakes hands on a connection that was just made; a failure closes it and says why.</summary>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public async ValueTask<ConnectResult> SecureAsync(Loop loop, Connection connection, int timeoutMs)
    {
        LoopCounters counters = _counters[loop.Index];
        if (Interlocked.Exchange(ref _next[loop.Index], null) is { } renewed)
        {
            _contexts[loop.Index]?.Dispose();
            _contexts[loop.Index] = renewed;
        }

        if (_contexts[loop.Index] is not { } context)
        {
            counters.Add(CounterFamily.TlsOriginFailures, (int)TlsFailure.Internal);
            connection.Close();
            return ConnectResult.Failed(ProxyErrors.OriginTlsFailed);
        }

        long startedNs = loop.NowNs;
        TlsSession session = connection.ConnectTls(context);
        ReadStatus status = await connection.ReadAsync(timeoutMs);
        if (status == ReadStatus.Data)
        {
            counters.Add(session.Facts.IsResumed ? Counter.OriginTlsResumed : Counter.OriginTlsFull);
            counters.Record(TimedPhase.TlsOrigin, loop.NowNs - startedNs);
            bool isHttp2 = session.Facts.Protocol == AlpnProtocols.Http2;
            if (isHttp2 || Protocols != AlpnProtocols.Http2)
            {
                return ConnectResult.Of(connection, isHttp2);
            }

            // RFC 9113 section 3.2: over TLS the two agree on h2, or do not speak it.
            connection.Close();
            return ConnectResult.Failed(ProxyErrors.OriginNotHttp2);
        }

        TlsFailure failure = status == ReadStatus.TimedOut ? TlsFailure.TimedOut
            : session.Failure == TlsFailure.None ? TlsFailure.PeerGone : session.Failure;
        counters.Add(CounterFamily.TlsOriginFailures, (int)failure);
        if (failure is not (TlsFailure.TimedOut or TlsFailure.PeerGone))
        {
            Log.Write(OperatorEvents.OriginTlsFailed, Name, session.FailureText ?? TlsFailures.Name(failure));
        }

        connection.Close();
        return ConnectResult.Failed(ErrorOf(failure));
    }

    private OriginTls Another(AlpnProtocols protocols) =>
        new(_options is { } options ? options with { Protocols = protocols } : null, _counters) { Log = Log, Name = Name };

    private bool RenewAnother(Lazy<OriginTls> another, out string problem)
    {
        problem = "";
        return !another.IsValueCreated || another.Value.Renew(_options! with { Protocols = another.Value.Protocols }, out problem);
    }

    private static ProxyError ErrorOf(TlsFailure failure) => failure switch
    {
        TlsFailure.CertificateRefused => ProxyErrors.OriginTlsCertificate,
        TlsFailure.PeerAlert => ProxyErrors.OriginTlsAlert,
        TlsFailure.TimedOut => ProxyErrors.ConnectTimeout,
        TlsFailure.PeerGone => ProxyErrors.ConnectFailed,
        _ => ProxyErrors.OriginTlsFailed,
    };
}
