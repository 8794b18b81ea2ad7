// Hot: every octet sent passes here. See docs/decisions/0005-connection-writes.md for why this is not a queue of any length.
using Weir.Abstractions.Bodies;
using Weir.Net.Buffers;
using Weir.Net.Loops;

namespace Weir.Net.Connections;

/// <summary>
/// What is to be sent, in this order: small pieces that gathered in a buffer, then a lent slice and its tail. A value that changes: a
/// field of its connection, never copied.
/// </summary>
internal struct OutputQueue
{
    private NativeBuffer? _buffer;
    private int _start;
    private int _end;
    private NativeSlice _lent;
    private NativeSlice _tail;

    /// <summary>Octets that gathered.</summary>
    public readonly int GatheredCount => _end - _start;

    public readonly bool HasLent => _lent.Length + _tail.Length != 0;

    public readonly bool IsEmpty => _end - _start + _lent.Length + _tail.Length == 0;

    /// <summary>What gathered; not for long.</summary>
    public readonly NativeSlice Gathered => _start == _end ? default : new NativeSlice(_buffer!.Address + _start, _end - _start);

    public readonly NativeSlice Lent => _lent;

    public readonly NativeSlice Tail => _tail;

    /// <summary>Room for small pieces; empty when there is no memory or too little room.</summary>
    public Span<byte> Space(Loop loop, int atLeast)
    {
        if (_buffer is null)
        {
            _buffer = atLeast <= Loop.SmallBufferOctets ? loop.SmallBuffers.TryRent() : loop.LargeBuffers.TryRent();
            _start = 0;
            _end = 0;
            if (_buffer is null)
            {
                return default;
            }
        }

        int free = _buffer.Capacity - _end;
        return free < atLeast ? default : _buffer.Span(_end, free);
    }

    public void Commit(int count) => _end += count;

    /// <summary>Puts lent octets behind what gathered.</summary>
    public void Lend(NativeSlice slice, NativeSlice tail)
    {
        _lent = slice;
        _tail = tail;
    }

    /// <summary>Forgets what is lent: its owner has it back.</summary>
    public void EndLending()
    {
        _lent = default;
        _tail = default;
    }

    /// <summary>The kernel has taken the first octets.</summary>
    public void Advance(int count)
    {
        int fromGathered = Math.Min(count, _end - _start);
        _start += fromGathered;
        count -= fromGathered;
        int fromLent = Math.Min(count, _lent.Length);
        _lent = _lent.From(fromLent);
        count -= fromLent;
        _tail = _tail.From(count);
    }

    /// <summary>Gives the buffer back where only lent octets wait: a slow reader costs their buffer, not this one too.</summary>
    public void ReleaseBufferIfEmpty(Loop loop)
    {
        if (_start == _end)
        {
            ReleaseBuffer(loop);
        }
    }

    /// <summary>Gives everything up.</summary>
    public void Release(Loop loop)
    {
        EndLending();
        ReleaseBuffer(loop);
    }

    private void ReleaseBuffer(Loop loop)
    {
        _start = 0;
        _end = 0;
        if (_buffer is { } buffer)
        {
            _buffer = null;
            loop.ReturnBuffer(buffer);
        }
    }
}
