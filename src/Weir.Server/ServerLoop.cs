// Hot: exchanges are rented and returned here.
using Weir.Abstractions.Exchanges;
using Weir.Net.Connections;
using Weir.Net.Loops;
using Weir.Server.Http1;
using Weir.Server.Http2;
using Weir.Server.Listening;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.Server;

/// <summary>What the connections of one loop share. Belongs to its loop.</summary>
public sealed class ServerLoop
{
    private const int RetainedExchanges = 4096;

    // As long as an idle connection is given: whoever is about to ask may still do so.
    private const int StartGraceMs = 1000;

    private readonly Stack<Exchange> _exchanges = new();
    private readonly Stack<Http1ClientStream> _streams = new();
    private readonly Dictionary<Connection, ListenerState> _starting = [];
    private int _inUse;

    /// <summary>The server part of a loop.</summary>
    public ServerLoop(Loop loop, IExchangeHandler handler, LoopCounters counters, ServerLimits limits)
    {
        Loop = loop;
        Handler = handler;
        Counters = counters;
        Limits = limits;
        Sketch = new ConnectionSketch(loop.NextRandom());
    }

    /// <summary>The loop.</summary>
    public Loop Loop { get; }

    /// <summary>What is done with exchanges.</summary>
    public IExchangeHandler Handler { get; }

    /// <summary>The loop's counters.</summary>
    public LoopCounters Counters { get; }

    /// <summary>The limits as of now; swapped on the loop by a reload.</summary>
    public ServerLimits Limits { get; set; }

    /// <summary>Where operators read what they should act on.</summary>
    public WeirLog Log { get; init; } = WeirLog.Silent;

    /// <summary>Who is kept out.</summary>
    public BanList Bans { get; init; } = new();

    /// <summary>Whether there is too much to do.</summary>
    public Overload Overload { get; init; } = new();

    /// <summary>Is told about requests that never became an exchange's; null: nobody cares.</summary>
    public IRejectObserver? RejectObserver { get; set; }

    /// <summary>Whether connections end after their current exchange.</summary>
    public bool IsDraining { get; private set; }

    /// <summary>The client connections of this loop, as a list linked through them.</summary>
    internal ClientConnection? FirstConnection { get; set; }

    /// <summary>What the HTTP/2 connections of the loop share.</summary>
    internal Http2Shared Http2 { get; } = new();

    /// <summary>Client connections now.</summary>
    public int ConnectionCount { get; internal set; }

    /// <summary>Connections that are not a client's yet: their PROXY header, handshake or preface is not there.</summary>
    public int StartingCount => _starting.Count;

    /// <summary>Exchanges in flight.</summary>
    public int ExchangesInUse => _inUse;

    /// <summary>
    /// Begins to drain: idle connections close when a second more brings no request, the others after their current exchange.
    /// </summary>
    public void Drain()
    {
        Loop.AssertCurrent();
        IsDraining = true;
        EndStarting(null);
        ClientConnection? next;
        for (ClientConnection? connection = FirstConnection; connection is not null; connection = next)
        {
            next = connection.Next;
            connection.OnDrain();
        }
    }

    /// <summary>As <see cref="Drain()"/>, for the connections of a listener that is closing. Tunnels are left alone.</summary>
    public void Drain(ListenerState listener)
    {
        Loop.AssertCurrent();
        EndStarting(listener);
        ClientConnection? next;
        for (ClientConnection? connection = FirstConnection; connection is not null; connection = next)
        {
            next = connection.Next;
            if (ReferenceEquals(connection.Listener, listener))
            {
                connection.OnListenerClosing();
            }
        }
    }

    /// <summary>Ends every connection at once.</summary>
    public void AbortAll()
    {
        Loop.AssertCurrent();
        foreach (Connection starting in _starting.Keys)
        {
            // Each ends in a turn of its own.
            starting.Abort();
        }

        ClientConnection? next;
        for (ClientConnection? connection = FirstConnection; connection is not null; connection = next)
        {
            next = connection.Next;
            connection.AbortConnection();
        }
    }

    /// <summary>
    /// Ends the connections of a range of addresses at once. Those that carry others' requests are told apart request by request.
    /// </summary>
    public void AbortClients(IpPrefix range)
    {
        Loop.AssertCurrent();
        ClientConnection? next;
        for (ClientConnection? connection = FirstConnection; connection is not null; connection = next)
        {
            next = connection.Next;
            if (!connection.Info.IsTrustedProxy && range.Contains(connection.Info.Remote))
            {
                connection.AbortConnection();
            }
        }
    }

    /// <summary>Notes a connection that waits for its PROXY header, handshake or preface.</summary>
    internal void NoteStarting(Connection connection, ListenerState listener) => _starting.Add(connection, listener);

    /// <summary>Notes that it is a client's now, or over.</summary>
    internal void NoteStarted(Connection connection) => _starting.Remove(connection);

    /// <summary>How long a connection that starts may still wait, of the time it has: less while its listener ends.</summary>
    internal int StartWaitMs(ListenerState listener, long deadlineMs)
    {
        long leftMs = Math.Max(1, deadlineMs - Loop.NowMs);
        return (int)(IsDraining || listener.IsClosing ? Math.Min(leftMs, StartGraceMs) : leftMs);
    }

    private void EndStarting(ListenerState? listener)
    {
        foreach ((Connection connection, ListenerState its) in _starting)
        {
            if (listener is null || ReferenceEquals(its, listener))
            {
                connection.LimitRead(StartGraceMs);
            }
        }
    }

    /// <summary>About how many connections come from where.</summary>
    internal ConnectionSketch Sketch { get; }

    /// <summary>Who may begin a handshake in this turn.</summary>
    internal HandshakeTurns Handshakes { get; } = new();

    internal Exchange RentExchange()
    {
        _inUse++;
        return _exchanges.TryPop(out Exchange? exchange) ? exchange : new Exchange();
    }

    internal void ReturnExchange(Exchange exchange)
    {
        _inUse--;
        exchange.Reset();
        if (_exchanges.Count < RetainedExchanges)
        {
            _exchanges.Push(exchange);
        }
    }

    internal Http1ClientStream RentStream() => _streams.TryPop(out Http1ClientStream? stream) ? stream : new Http1ClientStream();

    internal void ReturnStream(Http1ClientStream stream)
    {
        if (_streams.Count < RetainedExchanges)
        {
            _streams.Push(stream);
        }
    }
}
