// Hot: read once for every batch of events.
using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Weir.Net.Sockets;

/// <summary>An epoll set with its array of events.</summary>
internal sealed unsafe class Epoll : IDisposable
{
    public const int BatchSize = 256;

    // struct epoll_event is packed on x86-64 and nowhere else.
    private static readonly int _eventOctets = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 12 : 16;
    private static readonly int _dataOffset = _eventOctets - 8;

    private readonly byte* _events = (byte*)NativeMemory.AllocZeroed((nuint)(BatchSize * 16));
    private int _fd;

    public Epoll()
    {
        _fd = Libc.epoll_create1(Libc.EpollCloseOnExec);
        if (_fd < 0)
        {
            throw new Win32Exception(Libc.Errno, "epoll_create1 failed");
        }
    }

    public uint EventsAt(int index) => Unsafe.ReadUnaligned<uint>(_events + (index * _eventOctets));

    public ulong DataAt(int index) => Unsafe.ReadUnaligned<ulong>(_events + (index * _eventOctets) + _dataOffset);

    /// <summary>Registers a descriptor once, edge-triggered, for everything. 0, or the error number.</summary>
    public int Add(int fd, ulong data)
    {
        byte* entry = stackalloc byte[16];
        Unsafe.WriteUnaligned(entry, Libc.EpollIn | Libc.EpollOut | Libc.EpollPeerClosed | Libc.EpollEdge);
        Unsafe.WriteUnaligned(entry + _dataOffset, data);
        return Libc.epoll_ctl(_fd, Libc.EpollAdd, fd, entry) == 0 ? 0 : Libc.Errno;
    }

    /// <summary>What is ready now.</summary>
    public int Poll()
    {
        int count = Libc.epoll_poll(_fd, _events, BatchSize, 0);
        return count < 0 ? 0 : count;
    }

    /// <summary>Waits; -1 waits without end. An interrupted wait is an empty batch: the caller loops anyway.</summary>
    public int Wait(int timeoutMs)
    {
        int count = Libc.epoll_wait(_fd, _events, BatchSize, timeoutMs);
        return count < 0 ? 0 : count;
    }

    public void Dispose()
    {
        if (_fd >= 0)
        {
            _ = Libc.close(_fd);
            _fd = -1;
            NativeMemory.Free(_events);
        }
    }
}
