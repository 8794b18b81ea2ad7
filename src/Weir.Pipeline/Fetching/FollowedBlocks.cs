using Weir.Abstractions.Bodies;
using Weir.Net.Buffers;
using Weir.Net.Loops;

namespace Weir.Pipeline.Fetching;

/// <summary>
/// The part of a body that is kept: blocks of the producer's loop, counted against limits.memory, from one offset of the body to another.
/// Rented, written and given back on that loop; what lies below the end never changes, so other loops may read it.
/// </summary>
internal sealed class FollowedBlocks
{
    private readonly Loop _loop;
    private readonly Queue<Block> _blocks = [];
    private Block? _last;

    public FollowedBlocks(Loop loop) => _loop = loop;

    /// <summary>The offset in the body of the first octet that is kept.</summary>
    public long Start { get; private set; }

    /// <summary>The offset behind the last one.</summary>
    public long End { get; private set; }

    /// <summary>Copies as much as the room allows; returns how much. Zero with room: there is no memory.</summary>
    public int Append(ReadOnlySpan<byte> octets, long room)
    {
        int copied = 0;
        while (copied < octets.Length && copied < room)
        {
            if ((_last is null || _last.Used == _last.Buffer.Capacity) && !TryAddBlock())
            {
                return copied;
            }

            int count = (int)Math.Min(Math.Min(octets.Length - copied, room - copied), _last!.Buffer.Capacity - _last.Used);
            octets.Slice(copied, count).CopyTo(_last.Buffer.Span(_last.Used, count));
            _last.Used += count;
            copied += count;
            End += count;
        }

        return copied;
    }

    /// <summary>Octets from an offset on, as many as lie in one block; empty at the end.</summary>
    public NativeSlice SliceAt(long offset)
    {
        foreach (Block block in _blocks)
        {
            if (offset < block.Start + block.Used)
            {
                int skip = (int)(offset - block.Start);
                return new NativeSlice(block.Buffer.Address + skip, block.Used - skip);
            }
        }

        return default;
    }

    /// <summary>Gives back whole blocks below an offset.</summary>
    public void DropBelow(long offset)
    {
        while (_blocks.TryPeek(out Block? first) && first.Start + first.Used <= offset
            && (first.Used == first.Buffer.Capacity || offset == long.MaxValue))
        {
            _blocks.Dequeue();
            Start = first.Start + first.Used;
            if (ReferenceEquals(first, _last))
            {
                _last = null;
            }

            BufferPool pool = first.Buffer.Capacity == Loop.SmallBufferOctets ? _loop.SmallBuffers : _loop.LargeBuffers;
            pool.Return(first.Buffer, _loop.NowMs);
        }
    }

    // Most bodies are small: the first block is, too.
    private bool TryAddBlock()
    {
        if ((_blocks.Count == 0 && End == 0 ? _loop.SmallBuffers : _loop.LargeBuffers).TryRent() is not { } buffer)
        {
            return false;
        }

        _last = new Block(buffer, End);
        _blocks.Enqueue(_last);
        return true;
    }

    private sealed class Block
    {
        public Block(NativeBuffer buffer, long start)
        {
            Buffer = buffer;
            Start = start;
        }

        public NativeBuffer Buffer { get; }

        public long Start { get; }

        public int Used { get; set; }
    }
}
