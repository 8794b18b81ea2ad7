using System.Buffers;
using Weir.Abstractions.Bodies;
using Weir.Net.Connections;
using Weir.Net.Loops;
using Weir.Net.Sockets;

namespace Weir.Net.Memory;

/// <summary>
/// A connection whose peer is a test, in the same thread: what the peer does becomes an event of the loop's next turn. Faults can be set
/// at any octet: short reads, a closed window, resets.
/// </summary>
public sealed unsafe class MemoryConnection : Connection
{
    private readonly ArrayBufferWriter<byte> _toWeir = new();
    private readonly ArrayBufferWriter<byte> _fromWeir = new();
    private readonly EventItem _event;
    private int _delivered;
    private uint _pendingEvents;
    private bool _isPeerEnded;
    private bool _isPeerReset;

    /// <summary>A connection on that loop.</summary>
    public MemoryConnection(Loop loop)
        : base(loop) => _event = new EventItem(this);

    /// <summary>The most octets that one receive gives; 1 makes every read a single octet.</summary>
    public int MaxReceive { get; set; } = int.MaxValue;

    /// <summary>The most octets that one send takes.</summary>
    public int MaxSend { get; set; } = int.MaxValue;

    /// <summary>Octets that may still be sent before the window is closed; see <see cref="OpenWindow"/>.</summary>
    public int Window { get; private set; } = int.MaxValue;

    /// <summary>What Weir has sent so far.</summary>
    public ReadOnlySpan<byte> Sent => _fromWeir.WrittenSpan;

    /// <summary>Whether Weir has ended its direction.</summary>
    public bool IsShutDown { get; private set; }

    /// <summary>Whether Weir has closed the connection.</summary>
    public bool IsPeerInformedOfClose { get; private set; }

    /// <summary>Whether Weir has closed it with a reset.</summary>
    public bool WasReset { get; private set; }

    /// <summary>System calls that a socket would have made: receives and sends.</summary>
    public int CallCount { get; private set; }

    /// <summary>Told about everything that Weir sends or closes, when set.</summary>
    public Action<MemoryConnection>? OnActivity { get; set; }

    /// <summary>The peer sends.</summary>
    public void PeerSend(ReadOnlySpan<byte> octets)
    {
        _toWeir.Write(octets);
        Raise(Libc.EpollIn);
    }

    /// <summary>The peer ends its direction.</summary>
    public void PeerEnd()
    {
        _isPeerEnded = true;
        Raise(Libc.EpollIn | Libc.EpollPeerClosed);
    }

    /// <summary>The peer resets.</summary>
    public void PeerReset()
    {
        _isPeerReset = true;
        Raise(Libc.EpollIn | Libc.EpollError | Libc.EpollHangUp | Libc.EpollPeerClosed);
    }

    /// <summary>Sets how many octets Weir may send from now on.</summary>
    public void OpenWindow(int octets)
    {
        Window = octets;
        if (octets > 0)
        {
            Raise(Libc.EpollOut);
        }
    }

    /// <summary>Forgets what Weir has sent.</summary>
    public void ClearSent() => _fromWeir.Clear();

    /// <inheritdoc/>
    protected override int ReceiveCore(byte* target, int length)
    {
        CallCount++;
        if (_isPeerReset)
        {
            return Failed;
        }

        int available = _toWeir.WrittenCount - _delivered;
        if (available == 0)
        {
            return _isPeerEnded ? 0 : NothingNow;
        }

        int count = Math.Min(Math.Min(available, length), MaxReceive);
        _toWeir.WrittenSpan.Slice(_delivered, count).CopyTo(new Span<byte>(target, count));
        _delivered += count;
        if (count < available && count < length)
        {
            // A receive limited by the fault looks like a drained socket: the rest is a new edge.
            Raise(Libc.EpollIn);
        }

        if (_delivered == _toWeir.WrittenCount)
        {
            // A budget test must not pay for what it sent long ago.
            _toWeir.ResetWrittenCount();
            _delivered = 0;
        }

        return count;
    }

    /// <inheritdoc/>
    protected override int SendCore(byte* source, int length)
    {
        CallCount++;
        if (_isPeerReset)
        {
            return Failed;
        }

        int count = Math.Min(Math.Min(length, Window), MaxSend);
        if (count == 0)
        {
            return NothingNow;
        }

        Write(new ReadOnlySpan<byte>(source, count));
        return count;
    }

    /// <inheritdoc/>
    protected override int SendGatheredCore(NativeSlice first, NativeSlice second, NativeSlice third)
    {
        CallCount++;
        if (_isPeerReset)
        {
            return Failed;
        }

        int left = Math.Min(Window, MaxSend);
        int sent = 0;
        foreach (NativeSlice slice in (ReadOnlySpan<NativeSlice>)[first, second, third])
        {
            int count = Math.Min(slice.Length, left);
            Write(slice.Span[..count]);
            left -= count;
            sent += count;
        }

        return sent == 0 ? NothingNow : sent;
    }

    /// <inheritdoc/>
    protected override void ShutdownCore()
    {
        IsShutDown = true;
        OnActivity?.Invoke(this);
    }

    /// <inheritdoc/>
    protected override void CloseCore(bool reset)
    {
        IsShutDown = true;
        IsPeerInformedOfClose = true;
        WasReset = reset;
        OnActivity?.Invoke(this);
    }

    /// <inheritdoc/>
    protected override bool PeekCore() => !_isPeerReset && !_isPeerEnded && _delivered == _toWeir.WrittenCount;

    private void Write(ReadOnlySpan<byte> octets)
    {
        if (Window != int.MaxValue)
        {
            Window -= octets.Length;
        }

        _fromWeir.Write(octets);
        OnActivity?.Invoke(this);
    }

    private void Raise(uint events)
    {
        _pendingEvents |= events;
        Loop.Schedule(_event);
    }

    private sealed class EventItem : ReadyItem
    {
        private readonly MemoryConnection _connection;

        public EventItem(MemoryConnection connection) => _connection = connection;

        protected internal override void OnReady()
        {
            uint events = _connection._pendingEvents;
            _connection._pendingEvents = 0;
            if (!_connection.IsClosed)
            {
                _connection.OnEvents(events);
            }
        }
    }
}
