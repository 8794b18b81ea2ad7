using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Cache.Disk;

/// <summary>
/// The opened directory of a tier: its identity, its lock, its segments. One thread changes it; readers see <see cref="Segments"/>.
/// </summary>
internal sealed class DiskVolume : IDisposable
{
    /// <summary>What is kept beside segments for the snapshot of the index, as a part of all.</summary>
    public const int SnapshotShare = 64;

    /// <summary>What the files of the purges' log begin with.</summary>
    public const string PurgesPrefix = "purges.";

    /// <summary>Why a directory that another process holds cannot be used.</summary>
    public static readonly DiskRefusal Shared = new(
        "another process uses it",
        "It is taken over once that process has ended. Two that are to run on need a directory each.",
        isSoonOver: true);

    /// <summary>The fewest segments: one that is written, one that is free, one that holds something.</summary>
    public const int LeastSegments = 3;

    private const string LockName = "lock";
    private const string FormatName = "format";
    private const string SegmentPrefix = "segment-";
    private const string FirstLine = "weir cache on disk";
    private const int MostSegments = 4096;
    private const int WantedSegments = 128;
    private const long LeastSegmentOctets = 256 * 1024;
    private const long MostSegmentOctets = 1L << 30;
    private const int MostFormatOctets = 1024;

    private readonly IDiskFiles _files;
    private readonly IDisposable _lock;
    private volatile DiskSegment?[] _segments = [];

    private DiskVolume(IDiskFiles files, IDisposable held, ulong id, ulong seed, long segmentOctets)
    {
        _files = files;
        _lock = held;
        Id = id;
        Seed = seed;
        SegmentOctets = segmentOctets;
    }

    /// <summary>What tells its entries from those of another directory.</summary>
    public ulong Id { get; }

    /// <summary>What keys are hashed with.</summary>
    public ulong Seed { get; }

    public long SegmentOctets { get; }

    /// <summary>How many segments there may be.</summary>
    public int SegmentLimit { get; private set; }

    /// <summary>The segments by their numbers; null: there is none.</summary>
    public DiskSegment?[] Segments => _segments;

    public IDiskFiles Files => _files;

    /// <summary>The largest body that lies in its record.</summary>
    public long InlineOctets => Math.Min(256 * 1024, SegmentOctets / 4);

    /// <summary>Blocks of a run, but for the last.</summary>
    public int RunBlocks => (int)Math.Clamp(SegmentOctets / 4 / DiskFormat.BlockOctets, 1, 16);

    /// <summary>How many records fit the room of a snapshot.</summary>
    public static long MostObjects(long octets) => Math.Max(octets / SnapshotShare / 32, 256);

    /// <summary>Opens a directory, or says why not. What the file system refuses is an exception.</summary>
    /// <param name="files">The directory.</param>
    /// <param name="octets">What it may take.</param>
    /// <param name="purges">Whose numbers and tags records have: with those of others nothing in it is of use.</param>
    /// <param name="refusal">Why not.</param>
    public static DiskVolume? TryOpen(IDiskFiles files, long octets, ulong purges, out DiskRefusal? refusal)
    {
        IReadOnlyList<string> names = files.Prepare();
        refusal = WhyForeign(names);
        if (refusal is not null)
        {
            return null;
        }

        if (files.TryLock(LockName) is not { } held)
        {
            refusal = Shared;
            return null;
        }

        DiskVolume? volume = null;
        try
        {
            volume = OpenLocked(files, held, octets, purges, names, out refusal);
            return volume;
        }
        finally
        {
            if (volume is null)
            {
                held.Dispose();
            }
        }
    }

    /// <summary>Why a directory with these names in it is none of a cache; null: it may be.</summary>
    public static DiskRefusal? WhyForeign(IReadOnlyList<string> names) =>
        !names.Contains(FormatName) && names.FirstOrDefault(name => !IsOwnName(name)) is { } foreign
            ? new DiskRefusal(
                $"it holds {foreign}, which is no part of a cache", "Name an empty directory, or one that does not exist yet.")
            : null;

    /// <summary>Why a directory that this version of Weir did not make is to be left as it is; null: it may be used.</summary>
    public static DiskRefusal? WhyOtherVersion(IDiskFiles files, IReadOnlyList<string> names)
    {
        if (!names.Contains(FormatName))
        {
            return null;
        }

        Format? format = Format.Read(files.ReadAll(FormatName, MostFormatOctets));
        string? what = format is null ? "its file \"format\" cannot be read"
            : format.Version != DiskFormat.Version ? $"another version of Weir made it (format {format.Version})"
            : null;
        return what is null ? null : new DiskRefusal(what, "Empty the directory, or name another one.");
    }

    /// <summary>Whether segments of a size serve for so many octets. What is more than the largest ones can hold is left free.</summary>
    public static bool Fits(long octets, long segmentOctets)
    {
        int count = CountOf(octets, segmentOctets);
        return count >= LeastSegments && (count <= MostSegments || segmentOctets == MostSegmentOctets);
    }

    /// <summary>Gives up everything in it: what became of it meanwhile is not known.</summary>
    public static void Wipe(DiskVolume volume)
    {
        volume._files.Delete(DiskSnapshot.Name);
        foreach (DiskSegment segment in volume._segments.OfType<DiskSegment>())
        {
            volume.Delete(segment);
            segment.File.Dispose();
        }
    }

    /// <summary>How many segments fit, beside what a snapshot takes.</summary>
    public void SetSize(long octets) => SegmentLimit = Math.Min(CountOf(octets, SegmentOctets), MostSegments);

    /// <summary>Makes another segment; null: there are as many as may be.</summary>
    public DiskSegment? TryMakeSegment()
    {
        DiskSegment?[] segments = _segments;
        if (segments.Count(segment => segment is not null) >= SegmentLimit)
        {
            return null;
        }

        int number = Array.IndexOf(segments, null);
        if (number < 0)
        {
            number = segments.Length;
            Array.Resize(ref segments, number + 1);
        }

        DiskSegment made = new(number, _files.Open(DiskFormat.NameOf(number), SegmentOctets));
        segments[number] = made;
        _segments = segments;
        return made;
    }

    /// <summary>Removes a segment that nothing leads to any more. Who reads it may go on.</summary>
    public void Delete(DiskSegment segment)
    {
        segment.End();
        _segments[segment.Number] = null;
        _files.Delete(DiskFormat.NameOf(segment.Number));
    }

    public void Dispose()
    {
        foreach (DiskSegment? segment in _segments)
        {
            segment?.File.Dispose();
        }

        _lock.Dispose();
    }

    private static bool IsOwnName(string name) =>
        name is LockName or FormatName or FormatName + ".new" or DiskSnapshot.Name
        || name.StartsWith(SegmentPrefix, StringComparison.Ordinal) || name.StartsWith(PurgesPrefix, StringComparison.Ordinal);

    private static DiskVolume? OpenLocked(
        IDiskFiles files, IDisposable held, long octets, ulong purges, IReadOnlyList<string> names, out DiskRefusal? refusal)
    {
        refusal = WhyOtherVersion(files, names);
        if (refusal is not null)
        {
            return null;
        }

        Format? format = names.Contains(FormatName) ? Format.Read(files.ReadAll(FormatName, MostFormatOctets)) : null;
        if (format is null || format.Purges != purges || !Fits(octets, format.SegmentOctets))
        {
            // Nothing of it fits: what was stored is given up.
            foreach (string name in names.Where(name => name is DiskSnapshot.Name
                || name.StartsWith(SegmentPrefix, StringComparison.Ordinal)))
            {
                files.Delete(name);
            }

            names = [];
            format = Format.New(octets, purges);
            files.Replace(FormatName, format.ToOctets());
        }

        DiskVolume volume = new(files, held, format.Id, format.Seed, format.SegmentOctets);
        volume.SetSize(octets);
        volume.OpenSegments(names);
        return volume;
    }

    private static int CountOf(long octets, long segmentOctets) =>
        (int)Math.Min((octets - (octets / SnapshotShare) - (4 * MostFormatOctets)) / segmentOctets, int.MaxValue);

    private void OpenSegments(IReadOnlyList<string> names)
    {
        List<DiskSegment> found = [];
        foreach (string name in names.Where(name => name.StartsWith(SegmentPrefix, StringComparison.Ordinal)))
        {
            if (int.TryParse(name.AsSpan(SegmentPrefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
                && number < MostSegments * 2 && name == DiskFormat.NameOf(number))
            {
                DiskSegment segment = new(number, _files.Open(name, SegmentOctets));
                SegmentHeader header = default;
                if (segment.File.Read(SegmentHeader.OctetsOf(ref header), 0) == DiskFormat.SegmentHeaderOctets && header.IsFor(Id, number))
                {
                    segment.Begin(header.Sequence);
                }

                found.Add(segment);
            }
        }

        DiskSegment?[] segments = new DiskSegment?[found.Count == 0 ? 0 : found.Max(segment => segment.Number) + 1];
        found.ForEach(segment => segments[segment.Number] = segment);
        _segments = segments;

        // A smaller size than before: the oldest go.
        foreach (DiskSegment surplus in found.OrderBy(segment => segment.Sequence).Take(Math.Max(found.Count - SegmentLimit, 0)))
        {
            Delete(surplus);
            surplus.File.Dispose();
        }
    }

    private sealed record Format(int Version, ulong Id, ulong Seed, ulong Purges, long SegmentOctets)
    {
        public static Format New(long octets, ulong purges)
        {
            Span<ulong> random = stackalloc ulong[2];
            RandomNumberGenerator.Fill(System.Runtime.InteropServices.MemoryMarshal.AsBytes(random));
            long wanted = (long)System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(octets / WantedSegments, 1));
            return new Format(DiskFormat.Version, random[0], random[1], purges, Math.Clamp(wanted, LeastSegmentOctets, MostSegmentOctets));
        }

        public static Format? Read(byte[]? octets)
        {
            string[] lines = Encoding.ASCII.GetString(octets ?? []).Split('\n');
            if (lines.Length < 2 || lines[0] != FirstLine || !int.TryParse(ValueOf(lines[1], "version "), out int version))
            {
                return null;
            }

            if (version != DiskFormat.Version)
            {
                return new Format(version, 0, 0, 0, 0);
            }

            return lines.Length >= 6 && TryHex(ValueOf(lines[2], "id "), out ulong id) && TryHex(ValueOf(lines[3], "seed "), out ulong seed)
                && TryHex(ValueOf(lines[4], "purges "), out ulong purges)
                && long.TryParse(ValueOf(lines[5], "segment "), NumberStyles.None, CultureInfo.InvariantCulture, out long segment)
                && segment is >= LeastSegmentOctets and <= MostSegmentOctets
                    ? new Format(version, id, seed, purges, segment)
                    : null;
        }

        public byte[] ToOctets() => Encoding.ASCII.GetBytes(
            string.Create(CultureInfo.InvariantCulture, $"{FirstLine}\nversion {Version}\nid {Id:x16}\nseed {Seed:x16}\npurges {Purges:x16}\nsegment {SegmentOctets}\n"));

        private static bool TryHex(string text, out ulong value) =>
            ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);

        private static string ValueOf(string line, string name) =>
            line.StartsWith(name, StringComparison.Ordinal) ? line[name.Length..] : "";
    }
}
