using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Errors;
using Weir.Net.Connections;
using Weir.Net.Loops;
using Weir.Net.Tls;
using Weir.Telemetry.Counting;

namespace Weir.Upstream.Connecting;

/// <summary>TLS towards one server: a context and sessions to resume for each loop. Shared by all loops; each uses its own part.</summary>
public sealed class OriginTls
{
    private readonly TlsClientContext?[] _contexts;
    private readonly IReadOnlyList<LoopCounters> _counters;

    /// <summary>TLS with those options.</summary>
    /// <param name="options">Name, authorities, certificate; null: they cannot be had, and every connection fails rather than be in the clear.</param>
    /// <param name="counters">The counters of each loop, in order.</param>
    public OriginTls(TlsClientOptions? options, IReadOnlyList<LoopCounters> counters)
    {
        _counters = counters;
        _contexts = [.. counters.Select(_ => options is null ? null : TlsClientContext.Create(options, out string _))];
    }

    /// <summary>Shakes hands on a connection that was just made; a failure closes it and says why.</summary>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public async ValueTask<ConnectResult> SecureAsync(Loop loop, Connection connection, int timeoutMs)
    {
        LoopCounters counters = _counters[loop.Index];
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
            return ConnectResult.Of(connection);
        }

        TlsFailure failure = status == ReadStatus.TimedOut ? TlsFailure.TimedOut
            : session.Failure == TlsFailure.None ? TlsFailure.PeerGone : session.Failure;
        counters.Add(CounterFamily.TlsOriginFailures, (int)failure);
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
