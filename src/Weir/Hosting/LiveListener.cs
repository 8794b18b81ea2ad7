using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.Config.Model;
using Weir.Net.Loops;
using Weir.Net.Sockets;
using Weir.Net.Tls;
using Weir.Server;
using Weir.Server.Listening;

namespace Weir.Hosting;

/// <summary>
/// A listening address that serves: its sockets, one for each loop, and what is done with their connections. A reload that keeps the
/// address keeps the sockets and exchanges the rest for new connections. Changed by one thread; sockets belong to their loops.
/// </summary>
internal sealed class LiveListener
{
    private readonly BoundListener _bound;
    private readonly Listener?[] _sockets;
    private readonly ListenerState _state = new();
    private Acceptor[] _acceptors = [];
    private ListenerOptions _options = new() { Name = "" };

    public LiveListener(BoundListener bound)
    {
        _bound = bound;
        Config = bound.Config;
        _sockets = new Listener?[bound.Descriptors.Count];
    }

    /// <summary>The configuration in force.</summary>
    public ListenerConfig Config { get; private set; }

    /// <summary>What a reload that is being prepared makes of it.</summary>
    public ListenerConfig? Next { get; set; }

    /// <summary>The address with the port that the kernel chose where 0 was asked for.</summary>
    public SocketAddress Address => _bound.Address;

    /// <summary>Prepares what new connections get. True when that is not what they get now.</summary>
    public bool Configure(
        ListenerConfig config, IReadOnlyList<IConnectionModule> modules, IReadOnlyList<IpPrefix> trusted, TlsSiteHolder? tls,
        IReadOnlyList<ServerLoop> servers, ConnectionGate gate)
    {
        Config = config;
        bool isSame = _acceptors.Length > 0 && _options.Modules.SequenceEqual(modules)
            && _options.SpeaksHttp2 == config.Protocols.Contains(ListenerProtocol.H2)
            && _options.SpeaksHttp1 == (config.Protocols.Count == 0 || config.Protocols.Contains(ListenerProtocol.H1))
            && _options.ProxyProtocol.SequenceEqual(config.ProxyProtocol) && _options.TrustedProxies.SequenceEqual(trusted)
            && ReferenceEquals(_options.Tls, tls);
        if (isSame)
        {
            return false;
        }

        _options = new ListenerOptions
        {
            Name = config.Address.ToString(),
            SpeaksHttp1 = config.Protocols.Count == 0 || config.Protocols.Contains(ListenerProtocol.H1),
            SpeaksHttp2 = config.Protocols.Contains(ListenerProtocol.H2),
            ProxyProtocol = config.ProxyProtocol,
            TrustedProxies = trusted,
            Modules = modules,
            Tls = tls,
        };

        // Connections that are there keep the acceptor they came by: it counted them in, and counts them out.
        _acceptors = [.. servers.Select(server => new Acceptor(server, gate, _options, _bound.Address, _bound.Balance, _state))];
        return true;
    }

    /// <summary>Accepts, or goes on accepting with what was configured last; on the loop.</summary>
    public void ServeOn(Loop loop)
    {
        Acceptor acceptor = _acceptors[loop.Index];
        _bound.Balance?.Register(loop.Index, acceptor);
        if (_sockets[loop.Index] is { } socket)
        {
            socket.Handler = acceptor;
            return;
        }

        _sockets[loop.Index] = Listener.Start(loop, _bound.Descriptors[loop.Index], _bound.Address, acceptor);
    }

    /// <summary>Lets no new connection begin, while those that have begun still arrive; on the loop.</summary>
    public void RefuseOn(int loop)
    {
        // What is done to an inherited socket would outlive this process; its queue waits for the next one.
        if (!_bound.IsInherited)
        {
            _sockets[loop]?.Refuse();
        }
    }

    /// <summary>Takes what waits, and closes; on the loop.</summary>
    public void CloseOn(int loop)
    {
        _sockets[loop]?.Close();
        _sockets[loop] = null;
    }

    /// <summary>Its connections end with their exchanges; on the loop, after <see cref="CloseOn"/>.</summary>
    public void DrainOn(ServerLoop server)
    {
        _state.IsClosing = true;
        server.Drain(_state);
    }

    /// <summary>Gives back the descriptors of a listener that never served.</summary>
    public void Discard()
    {
        foreach (int descriptor in _bound.Descriptors)
        {
            Listener.CloseDescriptor(descriptor);
        }
    }
}
