using System.Runtime.InteropServices;
using Weir.Cache.Freshness;

namespace Weir.Cache.Stores;

/// <summary>
/// The beginning of a record in a segment. Behind it lie, without gaps: the numbers of extents, the hashes of tags, the table of fields,
/// the key, the fields as lines, the octets of the body that are in no extent. Only the frequency and what purges made of it change once it
/// is linked.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal struct RecordHeader
{
    private const int CheckedShift = 16;

    public ulong High;
    public ulong Low;
    public long BodyOctets;
    public ulong Generation;
    public StoredFreshness Freshness;
    public int TotalOctets;
    public int LinesOctets;
    public int TailOctets;
    public int ExtentCount;
    public uint KeepUntil;
    public uint PurgedAt;
    public uint DateSeconds;
    public uint ModifiedSeconds;
    public ushort KeyOctets;
    public ushort FieldCount;
    public ushort Status;
    public RecordKind Kind;
    public byte Frequency;

    // The number above, the count of tags below: one is written at once with the other.
    private ulong _checked;

    /// <summary>The number up to which purges were looked through for it; at first, that of the fetch which brought it.</summary>
    public ulong CheckedUntil
    {
        readonly get => Volatile.Read(in _checked) >> CheckedShift;
        set => Volatile.Write(ref _checked, (value << CheckedShift) | (ushort)_checked);
    }

    /// <summary>How many hashes of tags it has.</summary>
    public ushort TagCount
    {
        readonly get => (ushort)_checked;
        init => _checked = value;
    }
}
