// Hot: every octet received passes here.
using System.Diagnostics;
using System.Runtime.CompilerServices;
using Weir.Abstractions.Bodies;
using Weir.Net.Buffers;
using Weir.Net.Loops;

namespace Weir.Net.Connections;

/// <summary>
/// What was received and not yet consumed: one buffer, rented while it holds something. A value that changes: a field of its connection,
/// never copied.
/// </summary>
internal struct InputBuffer
{
    private NativeBuffer? _buffer;
    private int _start;
    private int _end;

    public readonly int Count
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _end - _start;
    }

    public readonly Span<byte> Octets
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => _buffer is null ? default : _buffer.Span(_start, _end - _start);
    }

    /// <summary>Where the next octets go, after <see cref="TryMakeRoom"/>.</summary>
    public readonly nint FreeAddress => _buffer!.Address + _end;

    public readonly int FreeCount => _buffer!.Capacity - _end;

    public readonly NativeSlice Slice(int offset, int length)
    {
        Debug.Assert(offset >= 0 && length >= 0 && offset + length <= Count, "A slice lies within what was received.");
        return length == 0 ? default : new NativeSlice(_buffer!.Address + _start + offset, length);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Consume(Loop loop, int count)
    {
        Debug.Assert(count <= Count, "Only what was received can be consumed.");
        _start += count;
        if (_start == _end)
        {
            Release(loop);
        }
    }

    /// <summary>Makes room for at least one octet. False: there is no memory, or the largest buffer is full.</summary>
    public bool TryMakeRoom(Loop loop, bool wantsLarge)
    {
        if (_buffer is null)
        {
            _start = 0;
            _end = 0;
            _buffer = (wantsLarge ? loop.LargeBuffers.TryRent() : null) ?? loop.SmallBuffers.TryRent();
            return _buffer is not null;
        }

        if (_end < _buffer.Capacity)
        {
            return true;
        }

        if (_start > 0)
        {
            int count = _end - _start;
            _buffer.Span(_start, count).CopyTo(_buffer.Span(0, count));
            _start = 0;
            _end = count;
            return true;
        }

        return TryGrow(loop);
    }

    public void Add(int count) => _end += count;

    /// <summary>Gives the buffer back if nothing came into it.</summary>
    public void ReleaseIfEmpty(Loop loop)
    {
        if (_start == _end)
        {
            Release(loop);
        }
    }

    /// <summary>Gives the buffer back, and what it holds up.</summary>
    public void Release(Loop loop)
    {
        _start = 0;
        _end = 0;
        if (_buffer is { } buffer)
        {
            _buffer = null;
            loop.ReturnBuffer(buffer);
        }
    }

    private bool TryGrow(Loop loop)
    {
        if (_buffer!.Capacity == Loop.LargeBufferOctets || loop.LargeBuffers.TryRent() is not { } larger)
        {
            return false;
        }

        _buffer.Span(0, _end).CopyTo(larger.Span(0, _end));
        loop.ReturnBuffer(_buffer);
        _buffer = larger;
        return true;
    }
}
