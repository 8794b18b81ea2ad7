// Hot: one take and one return for every proxied request.
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Errors;
using Weir.Net.Loops;
using Weir.Net.Time;
using Weir.Net.Tls;
using Weir.Telemetry.Counting;
using Weir.Upstream.Connecting;
using Weir.Upstream.Http1;
using Weir.Upstream.Http2;

namespace Weir.Upstream.Pooling;

/// <summary>
/// The connections of one loop to one server. The most recently used one is taken first, so that the others grow old and are closed.
/// An idle connection on which anything arrives, an end or octets, is closed at once: it can serve nobody any more. Where TLS agrees on the
/// version of HTTP, each new connection tells which it is; what the last one agreed on is expected of the next.
/// </summary>
public sealed class OriginPool
{
    private const int SweepMs = 1_000;

    // A server that agrees on another version with each connection is not worth more.
    private const int MostAgreements = 3;

    private readonly IConnector _connector;
    private readonly Sweeper _sweeper;
    private readonly Http2Pool? _http2;
    private Http1OriginConnection? _newest;
    private Http1OriginConnection? _oldest;
    private int _idleCount;

    /// <summary>A pool on that loop.</summary>
    /// <param name="loop">The loop.</param>
    /// <param name="connector">What connects.</param>
    /// <param name="limits">What it may cost.</param>
    /// <param name="counters">The loop's counters.</param>
    /// <param name="protocols">The version that the server is known to speak; both: TLS agrees on one, for each connection.</param>
    public OriginPool(
        Loop loop, IConnector connector, OriginLimits limits, LoopCounters counters, AlpnProtocols protocols = AlpnProtocols.Http1)
    {
        Protocols = protocols;
        _http2 = protocols.HasFlag(AlpnProtocols.Http2) ? new Http2Pool(this, connector) : null;
        Loop = loop;
        _connector = connector;
        Limits = limits;
        Counters = counters;
        _sweeper = new Sweeper(this);
    }

    /// <summary>The loop.</summary>
    public Loop Loop { get; }

    /// <summary>The limits as of now.</summary>
    public OriginLimits Limits { get; set; }

    /// <summary>Connections that wait for work.</summary>
    public int IdleCount => _http2 is null ? _idleCount : _idleCount + _http2.IdleCount;

    /// <summary>Exchanges in flight to this server from this loop: what balancing compares.</summary>
    public int ActiveCount { get; private set; }

    /// <summary>Whether the server is no longer in the configuration: connections end with their exchanges.</summary>
    public bool IsRetired { get; private set; }

    /// <summary>
    /// Whether an operator sends the server no new clients: connections end with their exchanges, until it is ready again.
    /// </summary>
    public bool IsResting { get; private set; }

    /// <summary>Whether the server answered with HTTP/1.0 the last time.</summary>
    public bool IsHttp10 { get; internal set; }

    /// <summary>The slots that this pool shares with those of the other loops; null where nobody shares.</summary>
    public ConnectionSlots? Slots { get; set; }

    /// <summary>The versions of HTTP that connections may speak.</summary>
    public AlpnProtocols Protocols { get; }

    /// <summary>Whether TLS agrees on the version.</summary>
    internal bool Agrees => Protocols == (AlpnProtocols.Http1 | AlpnProtocols.Http2);

    /// <summary>Whether another loop may ask for a connection of this one.</summary>
    internal bool HasSome => _idleCount > 0 || _http2 is { Count: > 0 };

    /// <summary>Whether connections end with their exchanges.</summary>
    internal bool IsEnding => IsRetired || IsResting;

    internal LoopCounters Counters { get; }

    /// <summary>Whether the server's connections are limited.</summary>
    internal bool IsLimited => Limits.Connections != 0;

    private int MostConnections => IsLimited ? Limits.Connections : int.MaxValue;

    // More than a limit that came later allows.
    private bool IsOverLimit => IsLimited && Slots is { } slots && slots.Open > Limits.Connections;

    /// <summary>A hold on a connection that is there, or null.</summary>
    /// <param name="mustBeFresh">Only on one that is known open in this very turn.</param>
    /// <param name="isTunnel">Whether the exchange may switch protocols.</param>
    public OriginStream? TryTake(bool mustBeFresh, bool isTunnel = false)
    {
        Loop.AssertCurrent();
        if (_http2 is not null)
        {
            Http2OriginStream? stream = _http2.TryTake(mustBeFresh, isTunnel);
            if (stream is not null)
            {
                ActiveCount++;
                return stream;
            }
        }

        while (_newest is { } connection)
        {
            Remove(connection);
            if (connection.IsFit(mustBeFresh))
            {
                ActiveCount++;
                Counters.Add(Counter.OriginConnectionsReused);
                connection.Begin(isReused: true);
                return connection;
            }

            connection.CloseIdle();
        }

        return null;
    }

    /// <summary>
    /// A hold on a new connection, or over HTTP/2 on the first one that has a place; in no more than <paramref name="mostMs"/>, nor than
    /// the limits allow.
    /// </summary>
    /// <param name="mostMs">The time that is left.</param>
    /// <param name="mustBeFresh">As in <see cref="TryTake"/>.</param>
    /// <param name="isTunnel">As in <see cref="TryTake"/>.</param>
    public ValueTask<OriginLease> ConnectAsync(int mostMs = int.MaxValue, bool mustBeFresh = false, bool isTunnel = false)
    {
        int timeoutMs = Math.Min(Limits.ConnectTimeoutMs, mostMs);
        return _http2 is null ? ConnectHttp1Async(_connector, timeoutMs, isOnlyForTunnel: false)
            : ConnectHttp2Async(_http2, timeoutMs, mustBeFresh, isTunnel);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<OriginLease> ConnectHttp2Async(Http2Pool http2, int timeoutMs, bool mustBeFresh, bool isTunnel)
    {
        long endsMs = Loop.NowMs + timeoutMs;
        for (int i = 0; i < MostAgreements; i++)
        {
            OriginLease lease = http2.IsElsewhere ? default : await TakeStreamAsync(http2, LeftMs(endsMs), mustBeFresh, isTunnel);
            if (lease.Stream is null && lease.Error is null)
            {
                // RFC 8441 section 3: without the setting no extended CONNECT may be sent. The same server may switch in HTTP/1.1.
                bool isOnlyForTunnel = !http2.IsElsewhere;
                IConnector connector = isOnlyForTunnel ? _connector.Offering(AlpnProtocols.Http1) : _connector;
                lease = await ConnectHttp1Async(connector, LeftMs(endsMs), isOnlyForTunnel);
            }

            if (lease.Stream is not null || lease.Error is not null)
            {
                return lease;
            }
        }

        return new OriginLease(ProxyErrors.ConnectFailed);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<OriginLease> TakeStreamAsync(Http2Pool http2, int timeoutMs, bool mustBeFresh, bool isTunnel)
    {
        ActiveCount++;
        OriginLease lease = default;
        try
        {
            lease = await http2.TakeAsync(timeoutMs, mustBeFresh, isTunnel);
            return lease;
        }
        finally
        {
            ActiveCount -= lease.Stream is null ? 1 : 0;
        }
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<OriginLease> ConnectHttp1Async(IConnector connector, int timeoutMs, bool isOnlyForTunnel)
    {
        ActiveCount++;
        long endsMs = Loop.NowMs + timeoutMs;
        bool holdsSlot = false;
        OriginLease lease = default;
        try
        {
            // Counted where nothing is limited, too: a limit that a reload brings holds for the connections that are there.
            if (Slots is not null)
            {
                holdsSlot = TryTakeSlot() || await Slots.WaitAsync(this, MostConnections, timeoutMs);
                if (!holdsSlot)
                {
                    lease = new OriginLease(ProxyErrors.QueueTimeout);
                    return lease;
                }
            }

            ConnectResult result = await connector.ConnectAsync(Loop, LeftMs(endsMs));
            if (result is { IsHttp2: true, Connection: { } made } && _http2 is { } http2)
            {
                // No lease: who asks looks there. The slot goes along.
                bool givesSlot = holdsSlot;
                holdsSlot = false;
                ProxyError? error = await http2.AdoptAsync(made, givesSlot, LeftMs(endsMs));
                return error is null ? default : new OriginLease(error);
            }

            lease = Lease(result, holdsSlot, isOnlyForTunnel);
            return lease;
        }
        finally
        {
            // Also after a defect: a count or a slot that stayed behind would be missing for ever.
            if (lease.Stream is null)
            {
                ActiveCount--;
                if (holdsSlot)
                {
                    GiveSlotBack();
                }
            }
        }
    }

    /// <summary>Closes every idle connection: the server is gone, or the loop ends.</summary>
    public void CloseIdle()
    {
        while (_newest is { } connection)
        {
            Remove(connection);
            connection.CloseIdle();
        }

        _http2?.CloseAll();
        Loop.Disarm(_sweeper);
    }

    /// <summary>The server left the configuration: idle connections close now, the others when their exchanges end.</summary>
    public void Retire()
    {
        Loop.AssertCurrent();
        IsRetired = true;
        CloseIdle();
    }

    /// <summary>The server is drained or down, and idle connections close now; or it is ready again.</summary>
    public void SetResting(bool isResting)
    {
        Loop.AssertCurrent();
        IsResting = isResting;
        if (isResting)
        {
            CloseIdle();
        }
    }

    internal void OnReleased(Http1OriginConnection connection, bool isReusable)
    {
        ActiveCount--;
        if (!isReusable || connection.IsOnlyForTunnel || IsRetired || IsResting || _idleCount >= Limits.IdleConnections
            || Slots is { IsWaitedFor: true } || IsOverLimit)
        {
            connection.CloseNow();
            return;
        }

        connection.IdleSinceMs = Loop.NowMs;
        connection.Older = _newest;
        if (_newest is not null)
        {
            _newest.Newer = connection;
        }

        _newest = connection;
        _oldest ??= connection;
        _idleCount++;
        EnsureSweep();
    }

    /// <summary>A connection on which TLS agreed on HTTP/1.1 though HTTP/2 was expected: for one who waits, or to be kept.</summary>
    internal OriginLease LeaseHttp1(in ConnectResult result, bool holdsSlot, bool isWanted)
    {
        OriginLease lease = Lease(result, holdsSlot, isOnlyForTunnel: false);
        if (!isWanted)
        {
            ActiveCount++;
            lease.Stream!.Release();
        }

        return lease;
    }

    /// <summary>An HTTP/2 connection's exchange is over.</summary>
    internal void OnStreamReleased() => ActiveCount--;

    /// <summary>Whether an HTTP/2 connection without exchanges is to be closed rather than kept.</summary>
    internal bool KeepsNoIdle(int idleCount) =>
        IsEnding || idleCount > Limits.IdleConnections || Slots is { IsWaitedFor: true } || IsOverLimit;

    internal void EnsureSweep()
    {
        if (!_sweeper.IsArmed)
        {
            Loop.Arm(_sweeper, SweepMs);
        }
    }

    /// <summary>Something arrived on an idle connection.</summary>
    internal void OnIdleBroken(Http1OriginConnection connection)
    {
        Remove(connection);
        connection.CloseIdle();
    }

    /// <summary>Another loop waits for a connection's slot: the oldest idle one gives way.</summary>
    internal void CloseOneForAnother()
    {
        if (Slots is not { IsWaitedFor: true })
        {
            return;
        }

        if (_oldest is { } connection)
        {
            Remove(connection);
            connection.CloseIdle();
        }

        _http2?.GiveOneUp();
    }

    /// <summary>A connection that held a slot is closed.</summary>
    internal void GiveSlotBack() => Slots!.GiveBack(MostConnections);

    /// <summary>Waits for a slot of the server's.</summary>
    internal Task<bool> WaitForSlotAsync(int timeoutMs) => Slots!.WaitAsync(this, MostConnections, timeoutMs);

    private int LeftMs(long endsMs) => (int)Math.Max(endsMs - Loop.NowMs, 1);

    private OriginLease Lease(in ConnectResult result, bool holdsSlot, bool isOnlyForTunnel)
    {
        if (result.Connection is not { } made)
        {
            Counters.Add(Counter.OriginConnectionsFailed);
            bool refusesVersion = isOnlyForTunnel && ReferenceEquals(result.Error, ProxyErrors.OriginTlsAlert);
            return new OriginLease(refusesVersion ? ProxyErrors.OriginNoTunnel : result.Error!);
        }

        Counters.Add(Counter.OriginConnectionsOpened);
        Http1OriginConnection connection = new(this, made) { HoldsSlot = holdsSlot, IsOnlyForTunnel = isOnlyForTunnel };
        connection.Begin(isReused: false);
        return new OriginLease(connection);
    }

    // What idles here but is not fit for this request gives way to what is.
    internal bool TryTakeSlot()
    {
        while (!Slots!.TryTake(MostConnections))
        {
            if (_oldest is not { } connection)
            {
                return false;
            }

            Remove(connection);
            connection.CloseIdle();
        }

        return true;
    }

    private void Remove(Http1OriginConnection connection)
    {
        if (connection.Newer is null)
        {
            _newest = connection.Older;
        }
        else
        {
            connection.Newer.Older = connection.Older;
        }

        if (connection.Older is null)
        {
            _oldest = connection.Newer;
        }
        else
        {
            connection.Older.Newer = connection.Newer;
        }

        connection.Newer = null;
        connection.Older = null;
        _idleCount--;
    }

    private void Sweep()
    {
        long nowMs = Loop.NowMs;
        while (_oldest is { } connection && nowMs - connection.IdleSinceMs >= Limits.IdleTimeoutMs)
        {
            Remove(connection);
            connection.CloseIdle();
        }

        bool hasHttp2 = _http2 is not null && _http2.Sweep();
        if (hasHttp2 || _idleCount > 0)
        {
            Loop.Arm(_sweeper, SweepMs);
        }
    }

    private sealed class Sweeper : LoopTimer
    {
        private readonly OriginPool _pool;

        public Sweeper(OriginPool pool) => _pool = pool;

        protected override void OnDue() => _pool.Sweep();

        protected override void OnReady()
        {
        }
    }
}
