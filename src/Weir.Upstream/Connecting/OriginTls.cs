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
    private readonly bool _isHttp2;
    private readonly Lazy<OriginTls>? _forHttp1;
    private volatile TlsClientOptions? _options;

    /// <summary>TLS with those options.</summary>
    /// <param name="options">Name, authorities, certificate; null: they cannot be had, and every connection fails rather than be in the clear.</param>
    /// <param name="counters">The counters of each loop, in order.</param>
    public OriginTls(TlsClientOptions? options, IReadOnlyList<LoopCounters> counters)
    {
        _counters = counters;
        _options = options;
        _next = new TlsClientContext?[counters.Count];
        _isHttp2 = options?.Protocols == AlpnProtocols.Http2;
        _forHttp1 = _isHttp2 ? new Lazy<OriginTls>(() => new OriginTls(_options! with { Protocols = AlpnProtocols.Http1 }, counters) { Log = Log, Name = Name }) : null;
        _contexts = [.. counters.Select(_ => options is null ? null : TlsClientContext.Create(options, out string _))];
    }

    /// <summary>Where operators read why handshakes fail.</summary>
    public WeirLog Log { get; init; } = WeirLog.Silent;

    /// <summary>What the server is called there.</summary>
    public string Name { get; init; } = "";

    /// <summary>The same for connections of HTTP/1.1.</summary>
    public OriginTls ForHttp1 => _forHttp1?.Value ?? this;

    /// <summary>
    /// Connections that are made from now on use these options; those that are there go on, and no session from before is resumed. False with
    /// what is wrong, and nothing changes. One thread at a time.
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

        return _forHttp1 is not { IsValueCreated: true, Value: var other } || other.Renew(options with { Protocols = AlpnProtocols.Http1 }, out problem);
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
            if (!_isHttp2 || session.Facts.Protocol == AlpnProtocols.Http2)
            {
                return ConnectResult.Of(connection);
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

    private static ProxyError ErrorOf(TlsFailure failure) => failure switch
    {
        TlsFailure.CertificateRefused => ProxyErrors.OriginTlsCertificate,
        TlsFailure.PeerAlert => ProxyErrors.OriginTlsAlert,
        TlsFailure.TimedOut => ProxyErrors.ConnectTimeout,
        TlsFailure.PeerGone => ProxyErrors.ConnectFailed,
        _ => ProxyErrors.OriginTlsFailed,
    };
}
