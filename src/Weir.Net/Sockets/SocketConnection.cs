// Hot: recv and send.
using Weir.Abstractions.Bodies;
using Weir.Net.Connections;
using Weir.Net.Loops;

namespace Weir.Net.Sockets;

/// <summary>A connected, or connecting, stream socket.</summary>
public sealed unsafe class SocketConnection : Connection
{
    private readonly int _fd;

    private SocketConnection(Loop loop, int fd)
        : base(loop) => _fd = fd;

    /// <summary>The descriptor: for diagnostics only.</summary>
    public int Descriptor => _fd;

    /// <summary>
    /// Takes over an accepted descriptor, non-blocking and close-on-exec. Null when it cannot be registered; then it is closed.
    /// </summary>
    public static SocketConnection? Adopt(Loop loop, int fd)
    {
        SocketConnection connection = new(loop, fd);
        if (loop.Register(connection, fd) == 0)
        {
            return connection;
        }

        _ = Libc.close(fd);
        return null;
    }

    /// <summary>Begins to connect. Null with an error number when it failed at once.</summary>
    public static SocketConnection? Connect(
        Loop loop, SocketAddress address, int timeoutMs, out ValueTask<WriteStatus> connected, out int error)
    {
        connected = new(WriteStatus.Reset);
        int fd = Libc.socket(address.Family, Libc.SockStream | Libc.SockNonBlock | Libc.SockCloseOnExec, 0);
        if (fd < 0)
        {
            error = Libc.Errno;
            return null;
        }

        if (address.Family != Libc.AfUnix)
        {
            SocketOptions.SetNoDelay(fd);
        }

        byte* raw = stackalloc byte[SocketAddress.MaxOctets];
        int length = address.Write(raw);
        int result = Libc.connect(fd, raw, length);
        error = result == 0 ? 0 : Libc.Errno;
        if (result != 0 && error != Libc.Einprogress)
        {
            _ = Libc.close(fd);
            return null;
        }

        SocketConnection connection = new(loop, fd);
        int registered = loop.Register(connection, fd);
        if (registered != 0)
        {
            error = registered;
            _ = Libc.close(fd);
            return null;
        }

        connected = result == 0 ? new(WriteStatus.Done) : connection.WaitConnectedAsync(timeoutMs);
        error = 0;
        return connection;
    }

    /// <summary>The error number of a connect that failed.</summary>
    public int ConnectError { get; private set; }

    /// <inheritdoc/>
    protected override int ReceiveCore(byte* target, int length)
    {
        while (true)
        {
            nint count = Libc.recv(_fd, target, length, 0);
            if (count >= 0)
            {
                return (int)count;
            }

            int error = Libc.Errno;
            if (error == Libc.Eintr)
            {
                continue;
            }

            return error == Libc.Eagain ? NothingNow : Failed;
        }
    }

    /// <inheritdoc/>
    protected override int SendCore(byte* source, int length)
    {
        while (true)
        {
            nint count = Libc.send(_fd, source, length, Libc.MsgNoSignal);
            if (count >= 0)
            {
                return (int)count;
            }

            int error = Libc.Errno;
            if (error == Libc.Eintr)
            {
                continue;
            }

            return IsFull(error) ? NothingNow : Failed;
        }
    }

    /// <inheritdoc/>
    protected override int SendGatheredCore(NativeSlice first, NativeSlice second, NativeSlice third)
    {
        Libc.IoVector* vectors = stackalloc Libc.IoVector[3];
        int count = 0;
        AddVector(vectors, ref count, first);
        AddVector(vectors, ref count, second);
        AddVector(vectors, ref count, third);
        while (true)
        {
            // SIGPIPE is ignored process-wide by the runtime, so writev needs no MSG_NOSIGNAL.
            nint sent = Libc.writev(_fd, vectors, count);
            if (sent >= 0)
            {
                return (int)sent;
            }

            int error = Libc.Errno;
            if (error == Libc.Eintr)
            {
                continue;
            }

            return IsFull(error) ? NothingNow : Failed;
        }
    }

    /// <inheritdoc/>
    protected override void ShutdownCore() => _ = Libc.shutdown(_fd, Libc.ShutWrite);

    /// <inheritdoc/>
    protected override void CloseCore(bool reset)
    {
        if (reset)
        {
            SocketOptions.SetResetOnClose(_fd);
        }

        Loop.Unregister(this, _fd);
    }

    /// <inheritdoc/>
    protected override bool PeekCore()
    {
        byte octet;
        nint count = Libc.recv(_fd, &octet, 1, Libc.MsgPeek);
        return count < 0 && Libc.Errno == Libc.Eagain;
    }

    /// <inheritdoc/>
    protected override int ConnectErrorCore()
    {
        ConnectError = SocketOptions.TakeError(_fd);
        return ConnectError;
    }

    private static bool IsFull(int error) => error is Libc.Eagain or Libc.Enobufs;

    private static void AddVector(Libc.IoVector* vectors, ref int count, NativeSlice slice)
    {
        if (!slice.IsEmpty)
        {
            vectors[count++] = new Libc.IoVector { Address = slice.Address, Length = slice.Length };
        }
    }
}
