using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Net.Loops;

namespace Weir.Net.Sockets;

/// <summary>
/// One loop's share of a listening address: a socket of its own with SO_REUSEPORT (TCP), or a duplicate of the one socket (unix). Accepts
/// at most 64 connections a turn; survives a lack of descriptors by pausing.
/// </summary>
public sealed unsafe class Listener : Pollable
{
    /// <summary>How long accepting pauses when descriptors or memory are used up.</summary>
    public const int PauseMs = 50;

    private const int AcceptsPerTurn = 64;

    // More than what waits in a queue of 4096: clients that connect again as soon as they are served must not keep it open.
    private const int MostClosingTurns = 128;

    private readonly Loop _loop;
    private readonly int _fd;
    private bool _isRefusing;
    private bool _isClosed;

    private Listener(Loop loop, int fd, SocketAddress address, IAcceptHandler handler)
    {
        _loop = loop;
        _fd = fd;
        Handler = handler;
        Address = address;
    }

    /// <summary>The address it is bound to, with the port the kernel chose where 0 was asked for.</summary>
    public SocketAddress Address { get; }

    /// <summary>What is done with connections; another one may take its place, on the loop.</summary>
    public IAcceptHandler Handler { get; set; }

    /// <summary>
    /// Binds and listens, but accepts nothing yet: any thread may call it. The descriptor is given to <see cref="Start"/>, or closed with
    /// <see cref="CloseDescriptor"/>. Negative: the error number, negated.
    /// </summary>
    public static int Bind(SocketAddress address, int backlog, out SocketAddress bound)
    {
        bound = address;
        int fd = Libc.socket(address.Family, Libc.SockStream | Libc.SockNonBlock | Libc.SockCloseOnExec, 0);
        if (fd < 0)
        {
            return -Libc.Errno;
        }

        Prepare(fd, address);
        byte* raw = stackalloc byte[SocketAddress.MaxOctets];
        int length = address.Write(raw);
        if (Libc.bind(fd, raw, length) != 0 || Libc.listen(fd, backlog) != 0)
        {
            int error = Libc.Errno;
            _ = Libc.close(fd);
            return -error;
        }

        if (!address.IsUnix)
        {
            length = SocketAddress.MaxOctets;
            if (Libc.getsockname(fd, raw, &length) == 0)
            {
                SocketAddress.ReadIp(raw, out int port);
                bound = address.IsAny ? SocketAddress.Any(port) : SocketAddress.Of(address.Address, port);
            }
        }

        return fd;
    }

    /// <summary>A second descriptor for the same listening socket, for unix sockets, which have no SO_REUSEPORT.</summary>
    public static int Duplicate(int fd) => Libc.dup(fd);

    /// <summary>Closes a bound descriptor that was never started.</summary>
    public static void CloseDescriptor(int fd) => _ = Libc.close(fd);

    /// <summary>What an error number of <see cref="Bind"/> means.</summary>
    public static string Describe(int error) => error switch
    {
        Libc.Eaddrinuse => "the address is in use by another process",
        Libc.Emfile => "the process has no descriptor left",
        Libc.Enfile => "the machine has no descriptor left",
        13 => "permission denied: ports below 1024 need root or CAP_NET_BIND_SERVICE",
        99 => "this machine does not have the address",
        97 => "the machine has no such address family",
        _ => $"error {error} ({new System.ComponentModel.Win32Exception(error).Message})",
    };

    /// <summary>Starts accepting on a loop; call it there.</summary>
    public static Listener Start(Loop loop, int fd, SocketAddress address, IAcceptHandler handler)
    {
        Listener listener = new(loop, fd, address, handler);
        int error = loop.Register(listener, fd);
        if (error != 0)
        {
            throw new InvalidOperationException($"The listener {address} cannot be watched: error {error}.");
        }

        // What came between listen and here has no edge of its own.
        loop.Schedule(listener);
        return listener;
    }

    /// <summary>
    /// Lets no connection begin any more, while those that have begun still arrive and are accepted. A client that begins one now tries
    /// again after a second and finds the address closed, or another process on it. See docs/decisions/0008-closing-listeners.md.
    /// </summary>
    public void Refuse()
    {
        _isRefusing = true;
        SocketOptions.RefuseNewConnections(_fd, Address.IsUnix);
    }

    /// <summary>Accepts what waits in the queue, then closes.</summary>
    public void Close()
    {
        if (_isClosed)
        {
            return;
        }

        for (int turn = 0; turn < MostClosingTurns && AcceptSome(); turn++)
        {
        }

        _isClosed = true;
        _loop.Disarm(this);
        _loop.Unregister(this, _fd);
    }

    /// <inheritdoc/>
    protected internal override void OnEvents(uint events) => OnReady();

    /// <inheritdoc/>
    protected internal override void OnDue() => _loop.Schedule(this);

    /// <inheritdoc/>
    protected internal override void OnReady()
    {
        if (!_isClosed && AcceptSome())
        {
            _loop.Schedule(this);
        }
    }

    private static void Prepare(int fd, SocketAddress address)
    {
        if (address.IsUnix)
        {
            // A socket file that a dead process left behind would make bind fail.
            byte[] path = Encoding.UTF8.GetBytes(address.Path! + "\0");
            fixed (byte* raw = path)
            {
                _ = Libc.unlink(raw);
            }

            return;
        }

        SocketOptions.SetFlag(fd, Libc.SolSocket, Libc.SoReuseAddr);
        SocketOptions.SetFlag(fd, Libc.SolSocket, Libc.SoReusePort);
        SocketOptions.SetNoDelay(fd);
        SocketOptions.BoundUnsent(fd);
        if (address.IsAny)
        {
            SocketOptions.ClearFlag(fd, Libc.IpProtoIpv6, Libc.Ipv6Only);
        }
    }

    /// <summary>Accepts up to the turn's share. True when there may be more.</summary>
    private bool AcceptSome()
    {
        byte* raw = stackalloc byte[SocketAddress.MaxOctets];
        for (int i = 0; i < AcceptsPerTurn; i++)
        {
            int length = SocketAddress.MaxOctets;
            int fd = Libc.accept4(_fd, raw, &length, Libc.SockNonBlock | Libc.SockCloseOnExec);
            if (fd >= 0)
            {
                IpAddress peer = SocketAddress.ReadIp(raw, out int port);
                Give(fd, peer, port);
                continue;
            }

            int error = Libc.Errno;
            if (error == Libc.Eagain)
            {
                return false;
            }

            if (!BelongsToOneConnection(error))
            {
                // The queue keeps them; a timer looks again, because no new edge would come.
                Pause(error);
                return false;
            }
        }

        return true;
    }

    private void Give(int fd, IpAddress peer, int port)
    {
        try
        {
            Handler.OnAccepted(fd, peer, port);
        }
        catch (Exception exception)
        {
            // A defect in what is done with one connection: those behind it in the queue, which make no new edge, are accepted all the
            // same. Whose the descriptor is now nobody knows; to close somebody else's would be worse than to lose one.
            _loop.ReportFailure(exception);
        }
    }

    private void Pause(int error)
    {
        if (_isRefusing && error == Libc.Einval)
        {
            // A unix socket that was shut down says so once its queue is empty.
            return;
        }

        Handler.OnAcceptPaused(error);
        _loop.Arm(this, PauseMs);
    }

    // accept(2): these are the errors of a connection that was about to be accepted; any other one is the listening socket's, and would
    // come again at once.
    private static bool BelongsToOneConnection(int error) =>
        error is Libc.Eintr or Libc.Econnaborted or Libc.Econnreset or Libc.Eperm or Libc.Eproto or Libc.Enoprotoopt or Libc.Eopnotsupp
            or Libc.Enetdown or Libc.Enetunreach or Libc.Ehostdown or Libc.Ehostunreach or Libc.Enonet or Libc.Etimedout;
}
