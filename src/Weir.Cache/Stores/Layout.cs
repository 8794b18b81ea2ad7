namespace Weir.Cache.Stores;

/// <summary>Where the parts of a record lie: header, extents, tags, table of fields, key, lines, tail.</summary>
internal static unsafe class Layout
{
    /// <summary>Records begin at multiples of this.</summary>
    public const int Alignment = 16;

    public static int* ExtentsOf(RecordHeader* record) => (int*)(record + 1);

    public static uint* TagsOf(RecordHeader* record) => (uint*)(ExtentsOf(record) + record->ExtentCount);

    public static byte* TableOf(RecordHeader* record) => (byte*)(TagsOf(record) + record->TagCount);

    public static byte* KeyOf(RecordHeader* record) => TableOf(record) + (record->FieldCount * StoredHead.EntryOctets);

    public static byte* LinesOf(RecordHeader* record) => KeyOf(record) + record->KeyOctets;

    public static byte* TailOf(RecordHeader* record) => LinesOf(record) + record->LinesOctets;

    /// <summary>Octets of a whole record, or more than fit an int.</summary>
    public static long Octets(int extents, int tags, int fields, int key, int lines, int tail)
    {
        long octets = sizeof(RecordHeader) + ((extents + (long)tags) * sizeof(int)) + ((long)fields * StoredHead.EntryOctets) + key + lines + tail;
        return (octets + Alignment - 1) & -Alignment;
    }
}
