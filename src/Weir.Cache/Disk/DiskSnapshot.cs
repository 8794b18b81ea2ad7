using System.Runtime.InteropServices;

namespace Weir.Cache.Disk;

/// <summary>
/// The index as a clean stop leaves it, so that a start need not look at every entry. Read once and removed before anything is written; its
/// header comes last, so that half of one is none.
/// </summary>
internal static class DiskSnapshot
{
    /// <summary>The name of its file.</summary>
    public const string Name = "snapshot";

    private const ulong Mark = 0x32504E53_52494557;
    private const int PieceSlots = 4096;
    private const int MostSegments = 8192;

    /// <summary>Writes the index down.</summary>
    public static void Write(DiskVolume volume, DiskIndex index, DiskSegment? active)
    {
        volume.Files.Delete(Name);
        using IDiskFile file = volume.Files.Open(Name, 0);
        SegmentNote[] notes = [.. volume.Segments
            .Where(segment => segment is { Sequence: not 0 })
            .Select(segment => new SegmentNote
            {
                Sequence = segment!.Sequence,
                UsedOctets = segment.UsedOctets,
                LeastNumber = segment.LeastNumber,
                Number = segment.Number,
                IsActive = segment == active ? 1 : 0,
            })];
        int headOctets = Marshal.SizeOf<Head>();
        byte[] noteOctets = MemoryMarshal.AsBytes(notes.AsSpan()).ToArray();
        file.Write(noteOctets, headOctets);
        long at = headOctets + noteOctets.Length;
        long count = WriteSlots(volume, index, file, at);
        Head head = new()
        {
            Magic = Mark,
            Id = volume.Id,
            SlotCount = count,
            SegmentCount = notes.Length,
            NoteSum = BlockSum.Of(noteOctets, volume.Id),
        };
        head.Sum = SumOf(head, volume.Id);
        file.Write(MemoryMarshal.AsBytes(new Span<Head>(ref head)), 0);
    }

    /// <summary>
    /// Fills the index from a snapshot and removes it. False: there is none, or it does not fit the segments; then nothing is changed.
    /// </summary>
    public static bool TryRead(DiskVolume volume, DiskIndex index, out DiskSegment? active)
    {
        active = null;
        bool isRead = false;
        using (IDiskFile file = volume.Files.Open(Name, 0))
        {
            Head head = default;
            if (EntryBuffer.TryReadWhole(file, MemoryMarshal.AsBytes(new Span<Head>(ref head)), 0)
                && head.Magic == Mark && head.Id == volume.Id && head.Sum == SumOf(head, volume.Id)
                    && head.SegmentCount is >= 0 and <= MostSegments)
            {
                isRead = TryReadNotes(volume, file, head, out active) && TryReadSlots(volume, index, file, head);
            }
        }

        volume.Files.Delete(Name);
        if (!isRead)
        {
            active = null;
            index.Clear();
        }

        return isRead;
    }

    private static bool TryReadNotes(DiskVolume volume, IDiskFile file, in Head head, out DiskSegment? active)
    {
        active = null;
        SegmentNote[] notes = new SegmentNote[head.SegmentCount];
        Span<byte> octets = MemoryMarshal.AsBytes(notes.AsSpan());
        if (!EntryBuffer.TryReadWhole(file, octets, Marshal.SizeOf<Head>()) || BlockSum.Of(octets, volume.Id) != head.NoteSum)
        {
            return false;
        }

        // Every segment that lives must be one that it speaks of: else it is older than the log.
        Dictionary<int, SegmentNote> byNumber = notes.ToDictionary(note => note.Number);
        foreach (DiskSegment segment in volume.Segments.OfType<DiskSegment>().Where(segment => segment.Sequence != 0))
        {
            if (!byNumber.TryGetValue(segment.Number, out SegmentNote note) || note.Sequence != segment.Sequence)
            {
                return false;
            }

            segment.UsedOctets = note.UsedOctets;
            segment.LeastNumber = note.LeastNumber;
            active = note.IsActive == 1 ? segment : active;
        }

        return true;
    }

    private static long WriteSlots(DiskVolume volume, DiskIndex index, IDiskFile file, long at)
    {
        long count = 0;
        List<DiskSlot> slots = [];
        for (int part = 0; part < index.PartCount; part++)
        {
            index.CopyPart(part, slots);
            while (slots.Count >= PieceSlots || (part == index.PartCount - 1 && slots.Count > 0))
            {
                int take = Math.Min(slots.Count, PieceSlots);
                Span<byte> octets = MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(slots)[(slots.Count - take)..]);
                uint sum = BlockSum.Of(octets, volume.Id + (ulong)count);
                file.Write(octets, at);
                file.Write(BitConverter.GetBytes(sum), at + octets.Length);
                at += octets.Length + sizeof(uint);
                count += take;
                slots.RemoveRange(slots.Count - take, take);
            }
        }

        return count;
    }

    private static bool TryReadSlots(DiskVolume volume, DiskIndex index, IDiskFile file, in Head head)
    {
        long at = Marshal.SizeOf<Head>() + ((long)head.SegmentCount * Marshal.SizeOf<SegmentNote>());
        DiskSlot[] slots = new DiskSlot[PieceSlots];
        byte[] sum = new byte[sizeof(uint)];
        for (long done = 0; done < head.SlotCount;)
        {
            int take = (int)Math.Min(PieceSlots, head.SlotCount - done);
            Span<byte> octets = MemoryMarshal.AsBytes(slots.AsSpan(0, take));
            if (!EntryBuffer.TryReadWhole(file, octets, at) || !EntryBuffer.TryReadWhole(file, sum, at + octets.Length)
                || BitConverter.ToUInt32(sum) != BlockSum.Of(octets, volume.Id + (ulong)done))
            {
                return false;
            }

            foreach (DiskSlot slot in slots.AsSpan(0, take))
            {
                if (IsThere(volume, slot.Segment) && (slot.OldestPart < 0 || IsThere(volume, slot.OldestPart)))
                {
                    index.TryAdd(slot);
                }
            }

            at += octets.Length + sizeof(uint);
            done += take;
        }

        return true;
    }

    private static bool IsThere(DiskVolume volume, int segment) =>
        segment >= 0 && segment < volume.Segments.Length && volume.Segments[segment] is { Sequence: not 0 };

    private static uint SumOf(in Head head, ulong id)
    {
        Head copy = head;
        copy.Sum = 0;
        return BlockSum.Of(MemoryMarshal.AsBytes(new Span<Head>(ref copy)), id);
    }

    [StructLayout(LayoutKind.Sequential, Pack = 8)]
    private struct Head
    {
        public ulong Magic;
        public ulong Id;
        public long SlotCount;
        public int SegmentCount;
        public uint NoteSum;
        public uint Sum;
        private readonly uint _padding;
    }

    [StructLayout(LayoutKind.Sequential, Pack = 8)]
    private struct SegmentNote
    {
        public ulong Sequence;
        public long UsedOctets;
        public ulong LeastNumber;
        public int Number;
        public int IsActive;
    }
}
