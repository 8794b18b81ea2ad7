// Hot: one take and one return for every request to a server that speaks HTTP/2.
using Weir.Abstractions.Errors;
using Weir.Http.Hpack;
using Weir.Http.Http1;
using Weir.Http.Http2;
using Weir.Net.Connections;
using Weir.Net.Loops;
using Weir.Telemetry.Counting;
using Weir.Upstream.Connecting;
using Weir.Upstream.Http2;

namespace Weir.Upstream.Pooling;

/// <summary>
/// The HTTP/2 connections of one loop to one server: few, and the least loaded one takes the next request. Another one is made before they
/// are full, one at a time; who finds no place waits in line.
/// </summary>
internal sealed class Http2Pool
{
    private const int RetainedStreams = 1024;

    private readonly OriginPool _pool;
    private readonly IConnector _connector;
    private readonly List<Http2OriginConnection> _connections = [];
    private readonly List<StreamWait> _waits = [];
    private readonly Stack<Http2OriginStream> _streams = new();
    private byte[] _scratch = [];
    private long _nextAheadMs;
    private bool _isConnecting;

    public Http2Pool(OriginPool pool, IConnector connector)
    {
        _pool = pool;
        _connector = connector;
    }

    /// <summary>Connections without an exchange. Any thread may read it.</summary>
    public int IdleCount { get; private set; }

    /// <summary>Connections. Any thread may read it.</summary>
    public int Count => _connections.Count;

    public LoopCounters Counters => _pool.Counters;

    public HeadLimits HeadLimits => _pool.Limits.Head;

    public int WriteTimeoutMs => _pool.Limits.IdleTimeoutMs;

    public bool IsLimited => _pool.IsLimited;

    /// <summary>Whether TLS agreed on HTTP/1.1 the last time: then nobody waits here for a place.</summary>
    public bool IsElsewhere { get; private set; }

    /// <summary>What the connections of a loop use in turns: nothing of it outlives a call.</summary>
    public Http2ResponseTarget ResponseTarget { get; } = new();

    /// <summary>As <see cref="ResponseTarget"/>.</summary>
    public Http2TrailerTarget TrailerTarget { get; } = new();

    private Loop Loop => _pool.Loop;

    /// <summary>Memory for one field of a block of that size.</summary>
    public Span<byte> Scratch(int blockOctets)
    {
        int octets = HpackDecoder.ScratchOctets(blockOctets);
        if (_scratch.Length < octets)
        {
            _scratch = new byte[octets];
        }

        return _scratch;
    }

    /// <summary>A stream of a connection that is there, or null.</summary>
    public Http2OriginStream? TryTake(bool mustBeFresh, bool isTunnel)
    {
        // Who waits is served first; but who waits for more than a place does not hold the others up.
        bool isBehind = _waits.Count > 0 && (mustBeFresh || isTunnel || _waits[0] is { MustBeFresh: false, IsTunnel: false });
        return isBehind ? null : Take(mustBeFresh, isTunnel);
    }

    /// <summary>A stream, once there is one; without stream and error: the server takes no tunnels, a connection of HTTP/1.1 may.</summary>
    public async ValueTask<OriginLease> TakeAsync(int timeoutMs, bool mustBeFresh, bool isTunnel)
    {
        if (TryTake(mustBeFresh, isTunnel) is { } stream)
        {
            return new OriginLease(stream);
        }

        if (isTunnel && NeverTakesTunnels())
        {
            return default;
        }

        StreamWait wait = new(mustBeFresh, isTunnel);
        _waits.Add(wait);
        Loop.Arm(wait, timeoutMs);
        OpenIfNeeded();
        OriginLease lease = await wait.Granted;
        Loop.Disarm(wait);
        _waits.Remove(wait);
        return lease;
    }

    /// <summary>Takes a connection over on which TLS agreed on HTTP/2 though HTTP/1.1 was expected.</summary>
    public async ValueTask<ProxyError?> AdoptAsync(Connection connection, bool holdsSlot, int timeoutMs)
    {
        IsElsewhere = false;
        ProxyError? error = await StartAsync(connection, holdsSlot, timeoutMs);
        Serve();
        return error;
    }

    /// <summary>An exchange has given its stream up.</summary>
    public void OnReleased(Http2OriginConnection connection, Http2OriginStream stream)
    {
        if (_streams.Count < RetainedStreams)
        {
            _streams.Push(stream);
        }

        _pool.OnStreamReleased();
        Serve();
        if (connection.ActiveCount == 0)
        {
            CountIdle();
            if (_pool.KeepsNoIdle(IdleCount))
            {
                connection.CloseIdle();
            }
            else
            {
                _pool.EnsureSweep();
            }
        }
    }

    /// <summary>There may be room: the server allows more, has shown that it lives, or goes.</summary>
    public void OnRoom()
    {
        Serve();
        OpenIfNeeded();
    }

    /// <summary>A connection is closed.</summary>
    public void OnClosed(Http2OriginConnection connection, bool holdsSlot)
    {
        if (_connections.Remove(connection))
        {
            Counters.Add(Counter.OriginConnectionsClosed);
        }

        CountIdle();
        if (holdsSlot)
        {
            _pool.GiveSlotBack();
        }

        OpenIfNeeded();
    }

    /// <summary>No connection takes new streams; those without any are closed.</summary>
    public void CloseAll()
    {
        for (int i = _connections.Count - 1; i >= 0; i--)
        {
            GiveUp(_connections[i]);
        }
    }

    /// <summary>Closes what was idle for its time. True: there is something left to look at.</summary>
    public bool Sweep()
    {
        long nowMs = Loop.NowMs;
        for (int i = _connections.Count - 1; i >= 0; i--)
        {
            Http2OriginConnection connection = _connections[i];
            if (connection.ActiveCount == 0 && nowMs - connection.IdleSinceMs >= _pool.Limits.IdleTimeoutMs)
            {
                connection.CloseIdle();
            }
        }

        return _connections.Count > 0;
    }

    /// <summary>Gives one connection up, the one with the fewest exchanges: another loop waits for its slot.</summary>
    public void GiveOneUp()
    {
        Http2OriginConnection? least = null;
        foreach (Http2OriginConnection connection in _connections)
        {
            if (connection.TakesStreams && (least is null || connection.ActiveCount < least.ActiveCount))
            {
                least = connection;
            }
        }

        if (least is not null)
        {
            GiveUp(least);
        }
    }

    private static void GiveUp(Http2OriginConnection connection)
    {
        if (connection.ActiveCount == 0)
        {
            connection.CloseIdle();
        }
        else
        {
            connection.TakeNoMore();
        }
    }

    private Http2OriginStream? Take(bool mustBeFresh, bool isTunnel)
    {
        Http2OriginConnection? best = null;
        for (int i = _connections.Count - 1; i >= 0; i--)
        {
            // What is proved closed leaves the list.
            Http2OriginConnection connection = _connections[i];
            if (IsFit(connection, mustBeFresh, isTunnel) && (best is null || IsBetter(connection, best)))
            {
                best = connection;
            }
        }

        if (best is null)
        {
            return null;
        }

        Http2OriginStream stream = _streams.TryPop(out Http2OriginStream? free) ? free : new Http2OriginStream();
        best.Lease(stream);
        if (best.ActiveCount == 1)
        {
            CountIdle();
        }

        if (best.IsCrowded || (!best.HasRefused && best.ActiveCount * 100 >= best.StreamLimit * Http2OriginLimits.AheadPercent))
        {
            OpenAhead();
        }

        if (stream.IsReused)
        {
            Counters.Add(Counter.OriginConnectionsReused);
        }

        return stream;
    }

    private static bool IsBetter(Http2OriginConnection connection, Http2OriginConnection best) =>
        connection.IsCrowded != best.IsCrowded ? best.IsCrowded : connection.ActiveCount < best.ActiveCount;

    private static bool IsFit(Http2OriginConnection connection, bool mustBeFresh, bool isTunnel)
    {
        if (!connection.TakesStreams || connection.ActiveCount >= connection.StreamLimit || (isTunnel && !connection.TakesTunnels))
        {
            return false;
        }

        if (!mustBeFresh)
        {
            return true;
        }

        // RFC 9110 section 9.2.2: what cannot be repeated does not go where nobody may be any more.
        if (connection.IsSilent && !connection.IsAsked)
        {
            connection.AskForLife();
        }

        return !connection.IsAsked && (connection.ActiveCount > 0 || connection.ProveOpen());
    }

    private bool NeverTakesTunnels()
    {
        bool isAny = false;
        foreach (Http2OriginConnection connection in _connections)
        {
            if (connection.TakesStreams && connection.TakesTunnels)
            {
                return false;
            }

            isAny |= connection.TakesStreams;
        }

        return isAny;
    }

    private void Serve()
    {
        while (_waits.Count > 0)
        {
            StreamWait wait = _waits[0];
            Http2OriginStream? stream = wait.IsOver ? null : Take(wait.MustBeFresh, wait.IsTunnel);
            if (stream is null && !wait.IsOver && !(wait.IsTunnel && NeverTakesTunnels()))
            {
                return;
            }

            _waits.RemoveAt(0);
            if (!wait.IsOver)
            {
                wait.Grant(stream is null ? default : new OriginLease(stream));
            }
        }
    }

    private void OpenIfNeeded()
    {
        if (_waits.Count == 0 || _isConnecting || _connections.Count >= Http2OriginLimits.Connections)
        {
            return;
        }

        foreach (Http2OriginConnection connection in _connections)
        {
            // It will show soon that it lives, or not. And a server that allows no streams allows none on the next connection.
            if (connection.TakesStreams
                && (connection.StreamLimit == 0 || (connection.MayAnswerSoon && connection.ActiveCount < connection.StreamLimit)))
            {
                return;
            }
        }

        _isConnecting = true;
        Loop.Observe(OpenAsync(isAhead: false));
    }

    private void OpenAhead()
    {
        if (_isConnecting || _pool.IsEnding || _connections.Count >= Http2OriginLimits.Connections || Loop.NowMs < _nextAheadMs)
        {
            return;
        }

        foreach (Http2OriginConnection connection in _connections)
        {
            if (connection.TakesStreams && !connection.IsCrowded
                && connection.ActiveCount * 100 < connection.StreamLimit * Http2OriginLimits.AheadPercent)
            {
                return;
            }
        }

        _isConnecting = true;
        Loop.Observe(OpenAsync(isAhead: true));
    }

    private async ValueTask OpenAsync(bool isAhead)
    {
        ProxyError? error = ProxyErrors.Internal;
        try
        {
            error = await ConnectAsync(isAhead);
        }
        finally
        {
            // Also after a defect: nobody would ever connect again.
            _isConnecting = false;
            if (isAhead && error is not null)
            {
                _nextAheadMs = Loop.NowMs + Http2OriginLimits.AheadPauseMs;
            }

            Settle(error);
        }
    }

    private void Settle(ProxyError? error)
    {
        int waiting = _waits.Count;
        Serve();
        if (error is null)
        {
            if (_waits.Count < waiting)
            {
                OpenIfNeeded();
            }

            return;
        }

        if (HasAny())
        {
            // They wait for a place on what is there.
            return;
        }

        foreach (StreamWait wait in _waits)
        {
            wait.Grant(new OriginLease(error));
        }

        _waits.Clear();
    }

    private async ValueTask<ProxyError?> ConnectAsync(bool isAhead)
    {
        long endsMs = Loop.NowMs + _pool.Limits.ConnectTimeoutMs;
        bool holdsSlot = false;
        bool isMade = false;
        try
        {
            if (_pool.Slots is not null)
            {
                // Where there is a connection, a place on it comes sooner than another loop gives one up.
                holdsSlot = _pool.TryTakeSlot() || (!isAhead && !HasAny() && await _pool.WaitForSlotAsync(LeftMs(endsMs)));
                if (!holdsSlot)
                {
                    return ProxyErrors.QueueTimeout;
                }
            }

            ConnectResult result = await _connector.ConnectAsync(Loop, LeftMs(endsMs));
            if (result.Connection is not { } connected)
            {
                Counters.Add(Counter.OriginConnectionsFailed);
                return result.Error;
            }

            isMade = true;
            IsElsewhere = _pool.Agrees && !result.IsHttp2;
            if (!IsElsewhere)
            {
                return await StartAsync(connected, holdsSlot, LeftMs(endsMs));
            }

            SendElsewhere(result, holdsSlot);
            return null;
        }
        finally
        {
            if (holdsSlot && !isMade)
            {
                _pool.GiveSlotBack();
            }
        }
    }

    private async ValueTask<ProxyError?> StartAsync(Connection connected, bool holdsSlot, int timeoutMs)
    {
        Http2OriginConnection connection = new(this, connected, holdsSlot);
        ProxyError? error = await connection.StartAsync(timeoutMs);
        if (error is not null || !connection.TakesStreams)
        {
            Counters.Add(Counter.OriginConnectionsFailed);
            return error is null || ReferenceEquals(error, ProxyErrors.OriginReset) ? ProxyErrors.ConnectFailed : error;
        }

        Counters.Add(Counter.OriginConnectionsOpened);
        _connections.Add(connection);
        CountIdle();
        _pool.EnsureSweep();
        if (_pool.IsEnding)
        {
            Serve();
            GiveUp(connection);
        }

        return null;
    }

    // The first who waits gets the connection of HTTP/1.1, and the others connect themselves.
    private void SendElsewhere(in ConnectResult result, bool holdsSlot)
    {
        StreamWait? first = _waits.Find(static wait => !wait.IsOver);
        OriginLease lease = _pool.LeaseHttp1(result, holdsSlot, isWanted: first is not null);
        foreach (StreamWait wait in _waits)
        {
            if (!wait.IsOver)
            {
                wait.Grant(ReferenceEquals(wait, first) ? lease : default);
            }
        }

        _waits.Clear();
    }

    private bool HasAny() => _connections.Exists(static connection => connection.TakesStreams);

    private int LeftMs(long endsMs) => (int)Math.Max(endsMs - Loop.NowMs, 1);

    private void CountIdle()
    {
        int count = 0;
        foreach (Http2OriginConnection connection in _connections)
        {
            count += connection.ActiveCount == 0 ? 1 : 0;
        }

        IdleCount = count;
    }
}
