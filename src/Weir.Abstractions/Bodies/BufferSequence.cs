using System.Buffers;

namespace Weir.Abstractions.Bodies;

/// <summary>One piece of a <see cref="BufferedBody"/> as part of a sequence.</summary>
internal sealed class BufferSequence : ReadOnlySequenceSegment<byte>
{
    private BufferSequence(NativeSlice slice, long runningIndex)
    {
        Memory = new Piece(slice).Memory;
        RunningIndex = runningIndex;
    }

    public static ReadOnlySequence<byte> Over(BufferedBody body)
    {
        if (body.SegmentCount == 0)
        {
            return ReadOnlySequence<byte>.Empty;
        }

        BufferSequence first = new(body.Segment(0), 0);
        BufferSequence last = first;
        for (int i = 1; i < body.SegmentCount; i++)
        {
            BufferSequence next = new(body.Segment(i), last.RunningIndex + last.Memory.Length);
            last.Next = next;
            last = next;
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    // The memory belongs to the loop's buffers and does not move: pinning has nothing to do.
    private sealed unsafe class Piece : MemoryManager<byte>
    {
        private readonly NativeSlice _slice;

        public Piece(NativeSlice slice) => _slice = slice;

        public override Span<byte> GetSpan() => new((void*)_slice.Address, _slice.Length);

        public override MemoryHandle Pin(int elementIndex = 0) => new((byte*)_slice.Address + elementIndex);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
        }
    }
}
