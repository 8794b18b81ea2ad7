using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Net.Time;

namespace Weir.Pipeline.Forwarding;

/// <summary>
/// An upgraded connection (RFC 9110 section 7.8): two pumps that end each by itself, one timer for idleness and lifetime. What either
/// side sent right behind the handshake is in its connection's buffer and comes first.
/// </summary>
internal sealed class Tunnel : LoopTimer
{
    // A direction's share of a turn.
    private const int OctetsPerTurn = 256 * 1024;
    private const int TickMs = 1_000;

    // After one direction has ended the other one gets this long without an octet, not the tunnel's idle time.
    private const int HalfClosedIdleMs = 60_000;

    private readonly Exchange _exchange;
    private readonly Net.Loops.Loop _loop;
    private readonly ITunnelEnd _client;
    private readonly ITunnelEnd _origin;
    private readonly TunnelLimits _limits;
    private readonly long _endsAtMs;
    private long _lastMs;
    private bool _isHalfClosed;
    private ProxyError? _reason;

    private Tunnel(Exchange exchange, ITunnelEnd client, ITunnelEnd origin, TunnelLimits limits)
    {
        _exchange = exchange;
        _loop = (Net.Loops.Loop)exchange.Loop;
        _client = client;
        _origin = origin;
        _limits = limits;
        _lastMs = _loop.NowMs;
        _endsAtMs = _lastMs + limits.LifetimeMs;
    }

    /// <summary>Sends the 101 and carries octets until both directions have ended.</summary>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public static async ValueTask<ProxyError?> RunAsync(Passage passage)
    {
        Exchange exchange = passage.Exchange;
        if (await exchange.Client.SendInterimAsync(exchange.Response) is { } error)
        {
            return error;
        }

        ITunnelEnd? client = exchange.Client.OpenTunnel();
        if (client is null)
        {
            return ProxyErrors.OriginBadUpgrade;
        }

        exchange.Phase = Phase.Tunnel;
        Tunnel tunnel = new(exchange, client, passage.Origin!.OpenTunnel(), passage.Plan.Tunnels);
        exchange.Client.AbortWhenGone = tunnel._client;

        // A tunnel may live for a day: it must not keep an old configuration alive.
        passage.Plan = null!;
        return await tunnel.CarryAsync();
    }

    protected override void OnDue()
    {
        long nowMs = _loop.NowMs;
        int idleMs = _isHalfClosed ? Math.Min(HalfClosedIdleMs, _limits.IdleMs) : _limits.IdleMs;
        if (nowMs >= _endsAtMs)
        {
            End(ProxyErrors.TunnelLifetime);
        }
        else if (nowMs - _lastMs >= idleMs)
        {
            End(ProxyErrors.TunnelIdle);
        }
        else
        {
            _loop.Arm(this, TickMs);
        }
    }

    protected override void OnReady()
    {
    }

    private async ValueTask<ProxyError?> CarryAsync()
    {
        _loop.Arm(this, TickMs);
        ValueTask<ProxyError?> up = PumpAsync(_client, _origin, isUp: true);
        ProxyError? downError = await PumpAsync(_origin, _client, isUp: false);
        ProxyError? upError = await up;
        _loop.Disarm(this);
        return _reason ?? upError ?? downError;
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<ProxyError?> PumpAsync(ITunnelEnd from, ITunnelEnd to, bool isUp)
    {
        int thisTurn = 0;
        while (true)
        {
            BodyRead read = await from.ReadAsync();
            if (read.Error is not null)
            {
                End(read.Error);
                return read.Error;
            }

            _lastMs = _loop.NowMs;
            if (read.IsEnd)
            {
                _isHalfClosed = true;
                to.FinishWriting();
                return null;
            }

            if (await to.WriteAsync(read.Data) is { } error)
            {
                End(error);
                return error;
            }

            _lastMs = _loop.NowMs;
            Count(isUp, read.Data.Length);
            thisTurn += read.Data.Length;
            if (thisTurn >= OctetsPerTurn)
            {
                thisTurn = 0;
                await _loop.YieldAsync();
            }
        }
    }

    private void Count(bool isUp, int octets)
    {
        if (isUp)
        {
            _exchange.ReceivedOctets += octets;
        }
        else
        {
            _exchange.SentBodyOctets += octets;
        }
    }

    private void End(ProxyError reason)
    {
        _reason ??= reason;
        _client.Abort(reason);
        _origin.Abort(reason);
    }
}
