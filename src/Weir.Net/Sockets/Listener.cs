using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Net.Loops;

namespace Weir.Net.Sockets;

/// <summary>
/// One loop's share of a listening address: a socket of its own with SO_REUSEPORT (TCP), or a duplicate of the one socket (unix). Accepts at
/// most 64 connections a turn; survives a lack of descriptors by pausing.
/// </summary>
public sealed unsafe class Listener : Pollable
{
    /// <summary>How long accepting pauses when descriptors or memory are used up.</summary>
    public const int PauseMs = 50;

    private const int AcceptsPerTurn = 64;

    private readonly Loop _loop;
    private readonly IAcceptHandler _handler;
    private readonly int _fd;
    private bool _isClosed;

    private Listener(Loop loop, int fd, SocketAddress address, IAcceptHandler handler)
    {
        _loop = loop;
        _fd = fd;
        _handler = handler;
        Address = address;
    }

    /// <summary>The address it is bound to, with the port the kernel chose where 0 was asked for.</summary>
    public SocketAddress Address { get; }

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
    /// Accepts what waits in the queue, then closes. New connections go to the other listeners of the address only if there are some.
    /// </summary>
    public void Close()
    {
        if (_isClosed)
        {
            return;
        }

        while (AcceptSome())
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
                _handler.OnAccepted(fd, peer, port);
                continue;
            }

            int error = Libc.Errno;
            switch (error)
            {
                case Libc.Eagain:
                    return false;
                case Libc.Emfile or Libc.Enfile or Libc.Enobufs or Libc.Enomem:
                    // The queue keeps them; a timer looks again, because no new edge would come.
                    _handler.OnAcceptPaused(error);
                    _loop.Arm(this, PauseMs);
                    return false;
                default:
                    // EINTR, ECONNABORTED and network errors belong to that one connection (accept(2)).
                    continue;
            }
        }

        return true;
    }
}
