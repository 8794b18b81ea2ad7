// Hot: every event finds its connection here.
using Weir.Net.Sockets;

namespace Weir.Net.Loops;

/// <summary>
/// The descriptors that a loop watches. epoll's data is a slot and its generation, and descriptors are given back to the kernel at the end
/// of a turn, so that a late event of a batch reaches nobody who came after.
/// </summary>
internal sealed class PollTable
{
    private readonly Epoll _epoll;
    private readonly List<int> _closing = [];
    private readonly Stack<int> _freeSlots = new();
    private Pollable?[] _polled = new Pollable?[256];
    private uint[] _generations = new uint[256];
    private int _usedSlots;

    public PollTable(Epoll epoll) => _epoll = epoll;

    /// <summary>Descriptors registered now.</summary>
    public int Count { get; private set; }

    /// <summary>Whom an event is for; null: nobody any more.</summary>
    public Pollable? Find(ulong data)
    {
        uint slot = (uint)data;
        return _generations[slot] == (uint)(data >> 32) ? _polled[slot] : null;
    }

    /// <summary>Registers a descriptor for all its life. 0, or the error number.</summary>
    public int Register(Pollable pollable, int fd)
    {
        if (!_freeSlots.TryPop(out int slot))
        {
            slot = _usedSlots++;
            if (slot == _polled.Length)
            {
                Array.Resize(ref _polled, slot * 2);
                Array.Resize(ref _generations, slot * 2);
            }
        }

        int error = _epoll.Add(fd, ((ulong)_generations[slot] << 32) | (uint)slot);
        if (error != 0)
        {
            _freeSlots.Push(slot);
            return error;
        }

        _polled[slot] = pollable;
        pollable.PollSlot = slot;
        Count++;
        return 0;
    }

    /// <summary>Forgets a descriptor; it is closed at the end of the turn, which takes it out of the epoll set.</summary>
    public void Unregister(Pollable pollable, int fd)
    {
        int slot = pollable.PollSlot;
        if (slot >= 0)
        {
            _polled[slot] = null;
            _generations[slot]++;
            _freeSlots.Push(slot);
            pollable.PollSlot = -1;
            Count--;
        }

        _closing.Add(fd);
    }

    /// <summary>Gives descriptors back to the kernel.</summary>
    public void CloseForgotten()
    {
        foreach (int fd in _closing)
        {
            _ = Libc.close(fd);
        }

        _closing.Clear();
    }
}
