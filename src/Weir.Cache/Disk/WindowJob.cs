using Weir.Abstractions.Bodies;

namespace Weir.Cache.Disk;

/// <summary>
/// Some blocks of a body, read into a loop's buffers and checked before anyone sees them. Reused by its body; it belongs to the loop, but
/// for the time between <see cref="Start"/> and the answer.
/// </summary>
internal sealed class WindowJob : ReadJob
{
    private readonly LoopBuffer?[] _buffers;
    private readonly Block[] _blocks;
    private DiskObject? _object;
    private LoopAnswer<bool>? _answer;

    public WindowJob(int mostBlocks)
    {
        _buffers = new LoopBuffer?[mostBlocks];
        _blocks = new Block[mostBlocks];
    }

    /// <summary>How many blocks it asks for.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a block, and the buffer that it goes to.</summary>
    public void Add(in DiskRun run, DiskSegment segment, int block, LoopBuffer buffer)
    {
        _buffers[Count] = buffer;
        _blocks[Count++] = new Block(segment, run.Sequence, run.PlaceOf(block), run.ContentOf(block));
    }

    /// <summary>Begins to read; the answer is whether all of it is what was written. Null: too many wait.</summary>
    public LoopAnswer<bool>? Start(DiskObject from)
    {
        _object = from;
        _answer = new LoopAnswer<bool>();
        return from.Tier.TryRead(this) ? _answer : null;
    }

    /// <summary>The content of a block that was read.</summary>
    public NativeSlice ContentOf(int block) => new(_buffers[block]!.Address + DiskFormat.SumOctets, _blocks[block].Octets);

    /// <summary>Takes the buffers out.</summary>
    public LoopBuffer? TakeBuffer(int block)
    {
        LoopBuffer? buffer = _buffers[block];
        _buffers[block] = null;
        return buffer;
    }

    /// <summary>Begins anew, without buffers.</summary>
    public void Clear() => Count = 0;

    public override void Run(EntryBuffer room) => _answer!.Tell(TryReadAll());

    public override void Fail() => _answer!.Tell(false);

    private bool TryReadAll()
    {
        DiskVolume volume = _object!.Volume;
        try
        {
            for (int i = 0; i < Count; i++)
            {
                Block block = _blocks[i];
                Span<byte> target = _buffers[i]!.Span(0, block.Octets + DiskFormat.SumOctets);
                if (!EntryBuffer.TryReadWhole(block.Segment.File, target, block.Place)
                    || !EntryBuffer.IsBlock(volume, block.Sequence, block.Place, target))
                {
                    _object.Forget(isCorrupt: true);
                    return false;
                }
            }

            return true;
        }
        catch (IOException)
        {
            _object.FailRead();
            return false;
        }
        catch (ObjectDisposedException)
        {
            // The tier was closed meanwhile.
            return false;
        }
    }

    private readonly record struct Block(DiskSegment Segment, ulong Sequence, long Place, int Octets);
}
