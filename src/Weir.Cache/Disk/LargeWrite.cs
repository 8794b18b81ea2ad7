using System.Runtime.InteropServices;
using Weir.Cache.Stores;

namespace Weir.Cache.Disk;

/// <summary>
/// A body that is too large for memory and goes to the disk while it arrives, in pieces of a mebibyte. The loop that it arrives on fills
/// pieces; the writer's thread writes them and then the head. When the disk does not keep up the body is given up: who reads it meanwhile
/// waits for nothing.
/// </summary>
public sealed unsafe class LargeWrite
{
    private readonly DiskTier _tier;
    private readonly DiskVolume _volume;
    private readonly long _mostOctets;
    private readonly List<DiskRun> _runs = [];
    private Piece? _piece;
    private LoopAnswer<bool>? _answer;
    private volatile bool _isBroken;

    internal LargeWrite(DiskTier tier, DiskVolume volume, long mostOctets)
    {
        _tier = tier;
        _volume = volume;
        _mostOctets = mostOctets;
    }

    /// <summary>Octets so far.</summary>
    public long Octets { get; private set; }

    /// <summary>What is stored, once the end was asked for.</summary>
    internal NewRecord Record { get; private set; }

    /// <summary>The parts that are written. Only the writer's thread.</summary>
    internal List<DiskRun> Runs => _runs;

    internal DiskVolume Volume => _volume;

    internal bool IsBroken => _isBroken;

    /// <summary>Appends octets; false: it is given up.</summary>
    public bool TryAppend(ReadOnlySpan<byte> octets)
    {
        if (_isBroken || Octets + octets.Length > _mostOctets)
        {
            return false;
        }

        while (!octets.IsEmpty)
        {
            if (_piece is null && (_piece = _tier.RentPiece(_volume)) is null)
            {
                return false;
            }

            int count = _piece.Fill(octets);
            Octets += count;
            octets = octets[count..];
            if (_piece.IsFull && !TryHandOver())
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The body is whole. True: it is stored, and found from now on.</summary>
    public ValueTask<bool> EndAsync(byte[] key, in NewRecord record)
    {
        if (_isBroken || (_piece is { Octets: > 0 } && !TryHandOver()))
        {
            return new(false);
        }

        Record = record;
        LoopAnswer<bool> answer = new();
        _answer = answer;
        return _tier.EndLarge(this, key) ? answer.Task : new(false);
    }

    /// <summary>Gives back what it holds. Once, at the end, however it ended.</summary>
    public void Release()
    {
        if (_piece is { } piece)
        {
            _tier.ReturnPiece(piece);
            _piece = null;
        }
    }

    internal void Break() => _isBroken = true;

    /// <summary>Ends the wait for its end; a second time is ignored. Only the writer's thread, or who gives its jobs up.</summary>
    internal void Tell(bool isStored)
    {
        LoopAnswer<bool>? answer = _answer;
        _answer = null;
        answer?.Tell(isStored);
    }

    private bool TryHandOver()
    {
        Piece piece = _piece!;
        _piece = null;
        if (_tier.WritePiece(this, piece))
        {
            return true;
        }

        _tier.ReturnPiece(piece);
        return false;
    }

    /// <summary>Room for a part, laid out as it is written: the header's room, then blocks with room for their sums.</summary>
    internal sealed class Piece
    {
        private readonly byte* _at;
        private readonly int _length;
        private readonly int _most;

        public Piece(int blocks)
        {
            _most = blocks * DiskFormat.BlockContent;
            _length = DiskFormat.EntryHeaderOctets + (blocks * DiskFormat.BlockOctets);
            _at = (byte*)NativeMemory.Alloc((nuint)_length);
        }

        /// <summary>Octets of the body in it.</summary>
        public int Octets { get; private set; }

        public bool IsFull => Octets == _most;

        public Span<byte> Framed => new(_at, _length);

        /// <summary>Takes as much as has room.</summary>
        public int Fill(ReadOnlySpan<byte> octets)
        {
            int taken = 0;
            while (taken < octets.Length && Octets < _most)
            {
                int within = Octets % DiskFormat.BlockContent;
                int block = Octets / DiskFormat.BlockContent;
                int count = Math.Min(octets.Length - taken, DiskFormat.BlockContent - within);
                int start = DiskFormat.EntryHeaderOctets + (block * DiskFormat.BlockOctets) + DiskFormat.SumOctets + within;
                octets.Slice(taken, count).CopyTo(Framed[start..]);
                Octets += count;
                taken += count;
            }

            return taken;
        }

        public void Free() => NativeMemory.Free(_at);
    }
}
