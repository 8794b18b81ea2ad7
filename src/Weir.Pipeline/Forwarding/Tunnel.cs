using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Http.WebSockets;
using Weir.Net.Time;

namespace Weir.Pipeline.Forwarding;

/// <summary>
/// An upgraded connection (RFC 9110 section 7.8): two pumps that end each by itself, one timer for idleness and lifetime. What either
/// side sent right behind the handshake is in its connection's buffer and comes first. On a drain both ends of a WebSocket get a Close
/// frame between two frames, and nothing behind it (RFC 6455 section 5.5.1).
/// </summary>
internal sealed class Tunnel : LoopTimer, IDrainable
{
    private const int TickMs = 1_000;

    // After one direction has ended the other one gets this long without an octet, not the tunnel's idle time.
    private const int HalfClosedIdleMs = 60_000;

    // How long both ends may take to answer a Close frame and to end.
    private const int CloseWaitMs = 5_000;

    // How long an end that is in the middle of a frame may take to come to its end, as long as octets come; without one it is CloseWaitMs.
    private const int CutFrameMs = 30_000;

    private static readonly PinnedBody _goingAway = MakeGoingAway();

    private readonly Exchange _exchange;
    private readonly Net.Loops.Loop _loop;
    private readonly TunnelDirection _up;
    private readonly TunnelDirection _down;
    private readonly TunnelLimits _limits;
    private readonly long _endsAtMs;
    private readonly bool _isWebSocket;
    private long _lastMs;
    private long _closedAtMs = long.MaxValue;
    private bool _isHalfClosed;
    private bool _isDraining;
    private long _drainedAtMs;
    private ProxyError? _reason;

    private Tunnel(Exchange exchange, ITunnelEnd client, ITunnelEnd origin, TunnelLimits limits)
    {
        _exchange = exchange;
        _loop = (Net.Loops.Loop)exchange.Loop;
        _up = new TunnelDirection(client, origin);
        _down = new TunnelDirection(origin, client);
        _limits = limits;
        _lastMs = _loop.NowMs;
        _endsAtMs = _lastMs + limits.LifetimeMs;
        _isWebSocket = exchange.Response.Fields.TryGet(KnownField.Upgrade, out ReadOnlySpan<byte> protocol)
            && System.Text.Ascii.EqualsIgnoreCase(protocol, "websocket"u8);
    }

    /// <summary>Its neighbours in <see cref="OpenTunnels"/>.</summary>
    internal Tunnel? Next { get; set; }

    internal Tunnel? Previous { get; set; }

    /// <summary>The exchange it began as.</summary>
    internal Exchange Exchange => _exchange;

    /// <summary>Sends the 101 and carries octets until both directions have ended.</summary>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public static async ValueTask<ProxyError?> RunAsync(Passage passage, OpenTunnels tunnels)
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
        exchange.Client.AbortWhenGone = client;

        // A tunnel may live for a day: it must not keep an old configuration alive.
        passage.DropPlan();
        tunnels.Add(tunnel);
        try
        {
            return await tunnel.CarryAsync();
        }
        finally
        {
            tunnels.Remove(tunnel);
        }
    }

    /// <inheritdoc/>
    public void OnDrain()
    {
        if (!_isWebSocket || _isDraining)
        {
            return;
        }

        _isDraining = true;
        _drainedAtMs = _loop.NowMs;
        SayCloseBeside(_down);
        SayCloseBeside(_up);
    }

    protected override void OnDue()
    {
        long nowMs = _loop.NowMs;
        int idleMs = _isHalfClosed ? Math.Min(HalfClosedIdleMs, _limits.IdleMs) : _limits.IdleMs;
        if (nowMs >= _endsAtMs)
        {
            End(ProxyErrors.TunnelLifetime);
        }
        else if (nowMs - _closedAtMs >= CloseWaitMs || IsStuckWithinFrame(nowMs))
        {
            End(ProxyErrors.Draining);
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

    // Close cannot be said in the middle of a frame (RFC 6455 section 5.4), and who never ends one must not outlive a drain.
    private bool IsStuckWithinFrame(long nowMs) =>
        _isDraining && _closedAtMs == long.MaxValue
        && (nowMs - Math.Max(_lastMs, _drainedAtMs) >= CloseWaitMs || nowMs - _drainedAtMs >= CutFrameMs);

    private static PinnedBody MakeGoingAway()
    {
        Span<byte> frame = stackalloc byte[CloseFrame.MaxOctets];
        return new PinnedBody(frame[..CloseFrame.Write(frame, CloseFrame.GoingAway)]);
    }

    private PinnedBody MakeMaskedGoingAway()
    {
        Span<byte> frame = stackalloc byte[CloseFrame.MaxOctets];
        return new PinnedBody(frame[..CloseFrame.WriteMasked(frame, CloseFrame.GoingAway, (uint)_loop.NextRandom())]);
    }

    private async ValueTask<ProxyError?> CarryAsync()
    {
        _loop.Arm(this, TickMs);
        ValueTask<ProxyError?> up = PumpAsync(_up);
        ValueTask<ProxyError?> down = PumpAsync(_down);
        _exchange.Client.TellWhenDraining = this;
        if (_exchange.Client.IsDraining)
        {
            OnDrain();
        }

        ProxyError? downError = await down;
        ProxyError? upError = await up;
        _exchange.Client.TellWhenDraining = null;
        _loop.Disarm(this);
        return _reason ?? upError ?? downError;
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<ProxyError?> PumpAsync(TunnelDirection direction)
    {
        TurnShare share = default;
        bool isLast = false;
        while (true)
        {
            // Over HTTP/2 the last octets and the end may come together.
            BodyRead read = isLast ? BodyRead.Last(default) : await direction.From.ReadAsync();
            isLast = read.IsEnd;
            if (read.Error is not null)
            {
                End(read.Error);
                await direction.EndClosingAsync();
                return read.Error;
            }

            _lastMs = _loop.NowMs;
            if (read.IsEnd && read.Data.IsEmpty)
            {
                _isHalfClosed = true;
                direction.HasEnded = true;
                await direction.EndClosingAsync();
                direction.To.FinishWriting();
                return null;
            }

            int boundary = _isWebSocket ? direction.Frames.Advance(read.Data.Span) : -1;
            if (direction.HasSaidClose)
            {
                // RFC 6455 section 5.5.1: nothing is sent behind a Close frame. What comes now came too late; it counts as moved, so that a
                // peer that goes on sending does not keep the loop to itself.
                EndWhenBothHaveClosed();
                if (share.IsUsedUpBy(read.Data.Length))
                {
                    await _loop.YieldAsync();
                }

                continue;
            }

            bool isCut = _isDraining && boundary >= 0;
            ProxyError? error = await WriteAsync(direction, isCut ? read.Data.Take(boundary) : read.Data);
            if (error is null && (isCut || (_isDraining && direction.Frames.IsAtBoundary)))
            {
                error = await SayCloseAsync(direction);
            }

            if (error is not null)
            {
                End(error);
                return error;
            }

            if (share.IsUsedUpBy(read.Data.Length))
            {
                await _loop.YieldAsync();
            }
        }
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<ProxyError?> WriteAsync(TunnelDirection direction, NativeSlice octets)
    {
        direction.IsWriting = true;
        ProxyError? error = await direction.To.WriteAsync(octets);
        direction.IsWriting = false;
        _lastMs = _loop.NowMs;
        Count(ReferenceEquals(direction, _up), octets.Length);
        return error;
    }

    /// <summary>Says Close while the direction's pump waits for octets; else the pump does it at the next boundary.</summary>
    private void SayCloseBeside(TunnelDirection direction)
    {
        if (!direction.IsWriting && !direction.HasEnded && direction.Frames.IsAtBoundary)
        {
            direction.StartClosing(SayCloseAsync(direction));
        }
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<ProxyError?> SayCloseAsync(TunnelDirection direction)
    {
        direction.HasSaidClose = true;
        if (_up.HasSaidClose && _down.HasSaidClose)
        {
            _closedAtMs = _loop.NowMs;
        }

        if (direction.Frames.HasClosed)
        {
            // That end has begun to close by itself.
            return null;
        }

        PinnedBody frame = ReferenceEquals(direction, _down) ? _goingAway : MakeMaskedGoingAway();
        return await WriteAsync(direction, frame.Slice);
    }

    // RFC 6455 section 7.1.1: both ends have said and heard Close. The server ends the connection; towards the client that is this side.
    private void EndWhenBothHaveClosed()
    {
        if (_up.Frames.HasClosed && _down.Frames.HasClosed)
        {
            _up.FinishTo();
            _down.FinishTo();
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
        _up.From.Abort(reason);
        _down.From.Abort(reason);
    }
}
