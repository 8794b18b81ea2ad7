using System.Runtime.InteropServices;
using Weir.Cache.Freshness;

namespace Weir.Cache.Stores;

/// <summary>
/// The beginning of a record in a segment. Behind it lie, without gaps: the numbers of extents, the table of fields, the key, the fields
/// as lines, the octets of the body that are in no extent. Only the frequency and the time of a purge change once it is linked.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 8)]
internal struct RecordHeader
{
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
}
