using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.Http.Http2;
using Weir.Net.Connections;
using Weir.Net.ProxyProtocol;
using Weir.Net.Sockets;
using Weir.Server.Http1;
using Weir.Server.Http2;
using Weir.Telemetry.Counting;
using Weir.Telemetry.Events;

namespace Weir.Server.Listening;

/// <summary>What happens to a new connection on one loop: limits, PROXY header, connection modules, then HTTP.</summary>
public sealed class Acceptor : IAcceptHandler, IConnectionEnd
{
    private const int ProxyHeaderMs = 5_000;

    private static long _lastId;

    private readonly ServerLoop _server;
    private readonly ConnectionGate _gate;
    private readonly ListenerOptions _options;
    private readonly LoopBalance? _balance;
    private readonly int _port;

    /// <summary>An acceptor for one listener on one loop.</summary>
    public Acceptor(
        ServerLoop server, ConnectionGate gate, ListenerOptions options, SocketAddress bound, LoopBalance? balance, ListenerState? listener = null)
    {
        Listener = listener ?? new ListenerState();
        _server = server;
        _gate = gate;
        _options = options;
        _balance = balance;
        _port = bound.Port;
    }

    /// <summary>What it shares with the other acceptors of its listener.</summary>
    public ListenerState Listener { get; }

    /// <inheritdoc/>
    public void OnAccepted(int fd, IpAddress peer, int peerPort)
    {
        if (_balance?.PickOther(_server.Loop.Index, _server.ConnectionCount) is { } other)
        {
            other.Take(fd, peer, peerPort);
            return;
        }

        Take(fd, peer, peerPort);
    }

    /// <inheritdoc/>
    public void OnAcceptPaused(int error)
    {
        _server.Counters.Add(Counter.AcceptPauses);
        _server.Log.Write(OperatorEvents.AcceptPaused, _options.Name, Net.Sockets.Listener.PauseMs, Net.Sockets.Listener.Describe(error));
    }

    /// <inheritdoc/>
    public void OnEnded(ConnectionInfo connection)
    {
        _server.Counters.Add(Counter.ConnectionsClosed);
        _balance?.Note(_server.Loop.Index, _server.ConnectionCount);
        _gate.Leave();
        if (IsCounted(connection.Remote))
        {
            _gate.LeaveClient(connection.Remote);
            _server.Sketch.NoteEnd(connection.Remote);
        }
    }

    /// <summary>Takes a connection that another loop accepted. Any thread.</summary>
    internal void TakeFromOther(int fd, IpAddress peer, int peerPort) => _server.Loop.Post(() => Take(fd, peer, peerPort));

    /// <summary>For tests: serves a connection that did not come from a socket.</summary>
    public void Serve(Connection connection, IpAddress remote, int remotePort) =>
        _server.Loop.Observe(_options.RequiresProxyHeader(remote)
            ? BeginAsync(connection, remote, remotePort, IpAddress.FromIPv4(0x7F000001), _port)
            : AdmitOrShedAsync(connection, NewInfo(remote, remotePort, IpAddress.FromIPv4(0x7F000001), _port)));

    private void Take(int fd, IpAddress peer, int peerPort)
    {
        _server.Counters.Add(Counter.ConnectionsAccepted);
        if (!_gate.TryEnter(_server.Limits.Connections))
        {
            _server.Counters.Add(Counter.ConnectionsRefusedLimit);
            _server.Log.Write(OperatorEvents.ConnectionLimit, _server.Limits.Connections);
            RefuseAtOnce(fd, FixedResponse.TooManyConnections);
            return;
        }

        // A flood from one address must cost less than what it asks for: no buffer, no watch, no frame.
        if (!_options.RequiresProxyHeader(peer) && RefusalOf(peer) is { } answer)
        {
            RefuseAtOnce(fd, answer);
            _gate.Leave();
            return;
        }

        IpAddress local = Descriptors.LocalAddress(fd, out int localPort);
        if (SocketConnection.Adopt(_server.Loop, fd) is not { } connection)
        {
            _server.Counters.Add(Counter.ConnectionsFailed);
            _gate.Leave();
            return;
        }

        _server.Loop.Observe(BeginAsync(connection, peer, peerPort, local, localPort));
    }

    // Who speaks TLS would take a response in the clear for a broken record.
    private void RefuseAtOnce(int fd, PinnedBody answer) => Descriptors.Refuse(fd, _options.Tls is null ? answer.Span : default);

    private PinnedBody? RefusalOf(IpAddress client)
    {
        if (IsShed(client))
        {
            NoteShed(client);
            return FixedResponse.Overloaded;
        }

        if (IsFull(client))
        {
            NoteClientLimit(client);
            return FixedResponse.TooManyConnections;
        }

        return null;
    }

    /// <summary>Counts a client's connection that came. True: there is too much to do, and the client comes from where most do.</summary>
    private bool IsShed(IpAddress client)
    {
        if (!IsCounted(client))
        {
            return false;
        }

        _server.Sketch.NoteArrival(client, _server.Loop.NowMs);
        return _server.Overload.RefusesHeavyClients && _server.Sketch.IsHeavy(client, _server.Overload.HeavyDivisor);
    }

    private void NoteShed(IpAddress client)
    {
        _server.Counters.Add(Counter.ConnectionsRefusedOverload);
        _server.Log.Write(OperatorEvents.HeavyClientRefused, ConnectionSketch.RangeOf(client).ToString(), _server.Overload.HeavyDivisor);
    }

    private bool IsFull(IpAddress peer) => IsCounted(peer) && _gate.IsFull(peer, _server.Limits.ConnectionsPerClient);

    private void NoteClientLimit(IpAddress client)
    {
        _server.Counters.Add(Counter.ConnectionsRefusedClientLimit);
        _server.Log.Write(OperatorEvents.ClientConnectionLimit, client.ToString(), _server.Limits.ConnectionsPerClient);
    }

    private ValueTask BeginAsync(Connection connection, IpAddress remote, int remotePort, IpAddress local, int localPort)
    {
        if (_options.RequiresProxyHeader(remote))
        {
            return BeginBehindProxyAsync(connection, remote, remotePort, local, localPort);
        }

        return AdmitAsync(connection, NewInfo(remote, remotePort, local, localPort));
    }

    /// <summary>As <see cref="AdmitAsync"/>, for connections whose client is known only now.</summary>
    private ValueTask AdmitOrShedAsync(Connection connection, ConnectionInfo info)
    {
        if (!IsShed(info.Remote))
        {
            return AdmitAsync(connection, info);
        }

        NoteShed(info.Remote);
        return RefuseAsync(connection, FixedResponse.Overloaded);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask BeginBehindProxyAsync(Connection connection, IpAddress remote, int remotePort, IpAddress local, int localPort)
    {
        long deadlineMs = _server.Loop.NowMs + ProxyHeaderMs;
        _server.NoteStarting(connection, Listener);
        while (true)
        {
            ProxyHeaderStatus status = ProxyHeader.Read(connection.Received, out ProxyHeader header, out int consumed);
            if (status == ProxyHeaderStatus.Complete)
            {
                connection.Consume(consumed);
                _server.NoteStarted(connection);
                ConnectionInfo info = header.HasAddresses
                    ? NewInfo(header.Source, header.SourcePort, header.Destination, header.DestinationPort)
                    : NewInfo(remote, remotePort, local, localPort);
                await AdmitOrShedAsync(connection, info);
                return;
            }

            bool isLate = deadlineMs <= _server.Loop.NowMs;
            if (status == ProxyHeaderStatus.Malformed || isLate
                || await connection.ReadAsync(_server.StartWaitMs(Listener, deadlineMs)) != ReadStatus.Data)
            {
                _server.NoteStarted(connection);
                _server.Counters.Add(Counter.ConnectionsRefusedProxyHeader);
                _server.Log.Write(OperatorEvents.ProxyHeaderRefused, remote.ToString(), _options.Name, status.ToString());
                connection.Close(reset: true);
                _gate.Leave();
                return;
            }
        }
    }

    private ValueTask AdmitAsync(Connection connection, ConnectionInfo info)
    {
        // A proxy in front carries many clients: each of its requests is asked for by its own address.
        if (!_server.Bans.IsEmpty && !info.IsTrustedProxy && _server.Bans.IsBanned(info.Remote, _server.Loop.UnixMs))
        {
            _server.Counters.Add(Counter.ConnectionsRefusedBan);
            connection.Close(reset: true);
            _gate.Leave();
            return default;
        }

        if (!Asks(info))
        {
            _server.Counters.Add(Counter.ConnectionsRefusedModule);
            connection.Close(reset: true);
            _gate.Leave();
            return default;
        }

        if (IsCounted(info.Remote) && !_gate.TryEnterClient(info.Remote, _server.Limits.ConnectionsPerClient))
        {
            NoteClientLimit(info.Remote);
            return RefuseAsync(connection, FixedResponse.TooManyConnections);
        }

        if (IsCounted(info.Remote))
        {
            _server.Sketch.NoteHeld(info.Remote);
        }

        if (_options.Tls is not null)
        {
            return BeginSecurelyAsync(connection, info);
        }

        if (_options.SpeaksHttp2)
        {
            return BeginByPrefaceAsync(connection, info);
        }

        Serve(connection, info, isHttp2: false);
        return default;
    }

    /// <summary>RFC 9113 section 3.3: a client with prior knowledge begins with the preface; no HTTP/1.1 request can.</summary>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask BeginByPrefaceAsync(Connection connection, ConnectionInfo info)
    {
        long deadlineMs = _server.Loop.NowMs + _server.Limits.HeaderTimeoutMs;
        long idleUntilMs = _server.Loop.NowMs + _server.Limits.IdleTimeoutMs;
        _server.NoteStarting(connection, Listener);
        while (_options.SpeaksHttp1 && Preface.MayBe(connection.Received) && connection.ReceivedCount < Preface.Octets.Length)
        {
            long untilMs = connection.ReceivedCount == 0 ? idleUntilMs : deadlineMs;
            if (untilMs <= _server.Loop.NowMs || await connection.ReadAsync(_server.StartWaitMs(Listener, untilMs)) != ReadStatus.Data)
            {
                _server.NoteStarted(connection);
                connection.Close();
                OnEnded(info);
                return;
            }
        }

        _server.NoteStarted(connection);
        Serve(connection, info, isHttp2: !_options.SpeaksHttp1 || Preface.MayBe(connection.Received));
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask BeginSecurelyAsync(Connection connection, ConnectionInfo info)
    {
        bool isStarted = false;
        if (!IsCounted(info.Remote) || _gate.TryEnterHandshake(info.Remote, _server.Limits.HandshakesPerClient))
        {
            _server.NoteStarting(connection, Listener);
            try
            {
                isStarted = await new SecureStart(_server, _options, connection, info, Listener).RunAsync();
            }
            finally
            {
                _server.NoteStarted(connection);
                if (IsCounted(info.Remote))
                {
                    _gate.LeaveHandshake(info.Remote);
                }

                if (!isStarted)
                {
                    connection.Close();
                    OnEnded(info);
                }
            }
        }
        else
        {
            _server.Counters.Add(Counter.ConnectionsRefusedHandshakes);
            _server.Log.Write(OperatorEvents.ClientHandshakeLimit, info.Remote.ToString(), _server.Limits.HandshakesPerClient);
            connection.Close(reset: true);
            OnEnded(info);
        }

        if (!isStarted)
        {
            return;
        }

        // A client that names no protocol (RFC 7301) speaks HTTP/1.1, unless the listener does not.
        Serve(connection, info, isHttp2: info.Tls!.IsHttp2 || !_options.SpeaksHttp1);
    }

    private void Serve(Connection connection, ConnectionInfo info, bool isHttp2)
    {
        ClientConnection client = isHttp2
            ? new Http2Client(_server, connection, info, this)
            : new Http1ClientConnection(_server, connection, info, this);
        client.Start();
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    private async ValueTask RefuseAsync(Connection connection, PinnedBody answer)
    {
        bool isPlain = _options.Tls is null;
        if (isPlain)
        {
            await connection.WriteAsync(answer.Slice, default, ProxyHeaderMs);
            await LingeringClose.RunAsync(connection);
        }

        // Who speaks TLS would take an answer in the clear for a broken record.
        connection.Close(reset: !isPlain);
        _gate.Leave();
    }

    private bool Asks(ConnectionInfo info)
    {
        IReadOnlyList<IConnectionModule> modules = _options.Modules;
        try
        {
            for (int i = 0; i < modules.Count; i++)
            {
                if (modules[i].OnConnected(info) != Verdict.Continue)
                {
                    return false;
                }
            }

            return true;
        }
        catch (Exception exception)
        {
            // A module's defect must cost this connection, not those that wait behind it in the listener's queue.
            _server.Loop.ReportFailure(exception);
            return false;
        }
    }

    private ConnectionInfo NewInfo(IpAddress remote, int remotePort, IpAddress local, int localPort) =>
        new(Interlocked.Increment(ref _lastId), remote, remotePort, local, localPort, isTls: _options.Tls is not null, _options.Name)
        {
            IsTrustedProxy = _options.IsTrustedProxy(remote),
        };

    // Proxies in front carry many clients, and the peers of a unix socket have no address.
    private bool IsCounted(IpAddress remote) => !remote.IsNone && !_options.IsTrustedProxy(remote);

}
