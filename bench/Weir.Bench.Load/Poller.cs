// Hot: everything of the measuring side goes through it.
using System.Runtime.InteropServices;

namespace Weir.Bench.Load;

/// <summary>
/// One epoll set for load, origin and commands: nothing of the measuring side waits for a scheduler to switch between them.
/// </summary>
internal sealed unsafe class Poller : IDisposable
{
    /// <summary>What one receive may take.</summary>
    public const int BufferBytes = 256 * 1024;

    private const int EventsPerWait = 256;
    private const long NanosecondsPerSecond = 1_000_000_000;

    private readonly byte* _events = (byte*)NativeMemory.Alloc(EventsPerWait * 16);
    private readonly int _epoll = Native.EpollCreate(0);

    public Poller() => Native.WaitPrecisely();

    /// <summary>Where received octets are put; good until the next receive.</summary>
    public byte* Buffer { get; } = (byte*)NativeMemory.Alloc(BufferBytes);

    /// <summary>Called with the index of a connection of the load that has something to read.</summary>
    public Action<int> OnLoad { get; set; } = static _ => { };

    /// <summary>Answers requests between and during runs; null without one.</summary>
    public Origin? Origin { get; set; }

    /// <summary>Called when a command can be read.</summary>
    public Action OnCommand { get; set; } = static () => { };

    /// <exception cref="InvalidOperationException">The kernel refused.</exception>
    public void Add(int descriptor, EventKind kind, int index)
    {
        byte* registration = stackalloc byte[16];
        Native.EpollEvent.Write(registration, Native.In, ((ulong)kind << 32) | (uint)index);
        if (Native.EpollControl(_epoll, Native.ControlAdd, descriptor, (Native.EpollEvent*)registration) != 0)
        {
            throw new InvalidOperationException($"epoll_ctl failed with error {Marshal.GetLastPInvokeError()}.");
        }
    }

    /// <summary>Waits so long at most, and handles what has come.</summary>
    public void Wait(long nanoseconds)
    {
        Native.TimeSpec timeout = new()
        {
            Seconds = (nint)(nanoseconds / NanosecondsPerSecond),
            Nanoseconds = (nint)(nanoseconds % NanosecondsPerSecond),
        };
        int count = Native.EpollWait(_epoll, (Native.EpollEvent*)_events, EventsPerWait, &timeout, 0);
        for (int i = 0; i < count; i++)
        {
            ulong data = Native.EpollEvent.DataOf(_events + (i * Native.EpollEvent.Size));
            Handle((EventKind)(data >> 32), (int)(uint)data);
        }
    }

    public void Dispose()
    {
        _ = Native.Close(_epoll);
        NativeMemory.Free(Buffer);
        NativeMemory.Free(_events);
    }

    private void Handle(EventKind kind, int index)
    {
        switch (kind)
        {
            case EventKind.Load:
                OnLoad(index);
                break;
            case EventKind.Origin:
                Origin?.Answer(index, Buffer, BufferBytes);
                break;
            case EventKind.OriginListener:
                Origin?.Accept();
                break;
            default:
                OnCommand();
                break;
        }
    }
}
