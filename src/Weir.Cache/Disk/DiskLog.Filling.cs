using System.Buffers.Binary;
using Weir.Cache.Stores;

namespace Weir.Cache.Disk;

/// <content>The buffer that is filled before it is written, and the blocks that bodies are put in.</content>
internal sealed partial class DiskLog
{
    private const int BufferOctets = 1 << 20;
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(BufferOctets);
    private byte[] _block = [];
    private int _buffered;

    private long Place => _active!.UsedOctets + _buffered;

    private void Seal(Span<byte> block, long place) => BinaryPrimitives.WriteUInt32LittleEndian(
        block, BlockSum.Of(block[DiskFormat.SumOctets..], DiskFormat.SeedOf(_volume.Id, _active!.Sequence, place)));

    private static void Gather(in StoredEntry entry, long offset, Span<byte> target)
    {
        while (!target.IsEmpty)
        {
            ReadOnlySpan<byte> part = entry.BodyFrom(offset).Span;
            part = part[..Math.Min(part.Length, target.Length)];
            part.CopyTo(target);
            target = target[part.Length..];
            offset += part.Length;
        }
    }

    // Octets of the buffer that lie together; they count once they are filled.
    private Span<byte> Room(int octets)
    {
        if (_buffered + octets > BufferOctets)
        {
            WriteBuffer();
        }

        return _buffer.AsSpan(_buffered, octets);
    }

    private void Put(ReadOnlySpan<byte> octets)
    {
        if (octets.Length > BufferOctets)
        {
            WriteBuffer();
            _active!.File.Write(octets, _active.UsedOctets);
            _active.UsedOctets += octets.Length;
            return;
        }

        octets.CopyTo(Room(octets.Length));
        _buffered += octets.Length;
    }

    private void Finish()
    {
        int padding = (int)(DiskFormat.Align(Place) - Place);
        Room(padding).Clear();
        _buffered += padding;
    }

    private void WriteBuffer()
    {
        _active!.File.Write(_buffer.AsSpan(0, _buffered), _active.UsedOctets);
        _active.UsedOctets += _buffered;
        _counts.AddWritten(_buffered);
        _buffered = 0;
    }

    private bool HasRoom(long octets) => _active is not null && Place + octets <= _volume.SegmentOctets;

    private void EnsureBlock(ref byte[] block)
    {
        int octets = DiskFormat.EntryHeaderOctets + (_volume.RunBlocks * DiskFormat.BlockOctets);
        if (block.Length < octets)
        {
            block = GC.AllocateUninitializedArray<byte>(octets);
        }
    }
}
