using System.Buffers.Binary;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;
using Weir.Cache.Stores;

namespace Weir.Cache.Purging;

/// <summary>
/// Purges on disk: two files of which one is in use. An entry is appended and flushed to the disk before its purge is in force. Where the file
/// has grown, what is still kept is written to the other one, whose head, written and flushed last, makes it the one in use: nothing is renamed,
/// so nothing depends on when a file system writes its folders. Guarded by the list's lock.
/// </summary>
/// <remarks>
/// File: magic, identity, turn (the file with the greater one is in use), base (purges up to it are forgotten), checksum; then entries: octets,
/// checksum, number, name, seconds, kind, soft, text. A torn entry at the end was never acknowledged and is cut off. Anything else that is
/// wrong means that purges may be lost: the log gets a new identity, so that what tiers stored before is thrown away.
/// </remarks>
internal sealed class PurgeLog : IDisposable
{
    private const int HeadOctets = 48;
    private const int EntryHeadOctets = 8;
    private const int FixedOctets = 22;
    private const int MostTextOctets = 16 * 1024;
    private const long MostFileOctets = 256L << 20;
    private const long RewriteOctets = 1L << 20;
    private const ulong Damaged = ulong.MaxValue;
    private const ulong Magic = 0x31_47_52_50_52_49_45_57;

    private readonly string[] _paths;
    private List<LoggedPurge> _entries = [];
    private SafeFileHandle? _file;
    private bool _isClosed;
    private int _inUse;
    private ulong _turn;
    private long _length;
    private long _rewrittenLength = RewriteOctets;

    private PurgeLog(string folder) =>
        _paths = [Path.Combine(folder, "purges.0"), Path.Combine(folder, "purges.1")];

    /// <summary>What tells this log from one that was lost.</summary>
    public ulong Identity { get; private set; }

    /// <summary>Purges up to this number are forgotten.</summary>
    public ulong Base { get; private set; }

    /// <summary>Whether the file has grown so much that writing it anew pays, or can no longer be trusted.</summary>
    public bool WantsRewrite => IsBroken || _length > 2 * _rewrittenLength;

    /// <summary>Whether nothing can be appended before it is written anew.</summary>
    public bool IsBroken => _file is null;

    /// <summary>Opens the log of a folder, or makes one.</summary>
    /// <exception cref="IOException">It can be neither read nor made.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static PurgeLog Open(string folder)
    {
        Directory.CreateDirectory(folder);
        PurgeLog log = new(folder);
        byte[]?[] files = [ReadFile(log._paths[0]), ReadFile(log._paths[1])];
        ulong[] turns = [TurnOf(files[0]), TurnOf(files[1])];
        int damaged = Array.IndexOf(turns, Damaged);
        log._inUse = damaged >= 0 ? 1 - damaged : turns[1] > turns[0] ? 1 : 0;
        log._turn = turns[log._inUse];
        if (log._turn == Damaged)
        {
            log._turn = 0;
            File.Delete(log._paths[log._inUse]);
        }

        if (damaged >= 0 || log._turn == 0 || !log.TryRead(files[log._inUse]!))
        {
            log.Identity = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1;
            log.Base = 0;
            log._entries = [];
            if (!log.TryRewrite([], 0, out string? failure))
            {
                throw new IOException(failure);
            }

            return log;
        }

        log._file = File.OpenHandle(log._paths[log._inUse], FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        RandomAccess.SetLength(log._file, log._length);
        log._rewrittenLength = Math.Max(log._length / 2, RewriteOctets);
        return log;
    }

    /// <summary>What was read when it was opened, once.</summary>
    public IReadOnlyList<LoggedPurge> TakeEntries()
    {
        List<LoggedPurge> entries = _entries;
        _entries = [];
        return entries;
    }

    /// <summary>Appends purges and waits until the disk has them; false: it does not, and why.</summary>
    public bool TryAppend(IReadOnlyList<LoggedPurge> purges, out string? failure)
    {
        failure = null;
        if (_file is null)
        {
            failure = $"The purge log {_paths[_inUse]} cannot be written.";
            return false;
        }

        byte[] octets = Encode(purges, 0);
        try
        {
            RandomAccess.Write(_file, octets, _length);
            RandomAccess.FlushToDisk(_file);
            _length += octets.Length;
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // A flush that failed is not tried again: the system may have thrown away what it could not write. A new file is begun instead.
            _file.Dispose();
            _file = null;
            failure = $"The purge log {_paths[_inUse]} cannot be written: {error.Message} Nothing was purged.";
            return false;
        }
    }

    /// <summary>Writes these purges alone to the other file, and goes on there; false: it cannot be, and why.</summary>
    public bool TryRewrite(IReadOnlyList<LoggedPurge> purges, ulong forgotten, out string? failure)
    {
        failure = $"The purge log {_paths[_inUse]} cannot be written: it is closed.";
        if (_isClosed)
        {
            return false;
        }

        failure = null;
        int other = 1 - _inUse;
        SafeFileHandle? file = null;
        try
        {
            file = OpenOwn(_paths[other]);
            RandomAccess.SetLength(file, 0);
            byte[] octets = Encode(purges, HeadOctets);
            RandomAccess.Write(file, octets.AsSpan(HeadOctets), HeadOctets);
            RandomAccess.FlushToDisk(file);
            WriteHead(octets, _turn + 1, forgotten);
            RandomAccess.Write(file, octets.AsSpan(0, HeadOctets), 0);
            RandomAccess.FlushToDisk(file);
            _file?.Dispose();
            _file = file;
            _inUse = other;
            _turn++;
            _length = octets.Length;
            _rewrittenLength = Math.Max(_length, RewriteOctets);
            Base = forgotten;
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            failure = $"The purge log {_paths[other]} cannot be written: {error.Message}";
            return false;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
        _isClosed = true;
    }

    private static SafeFileHandle OpenOwn(string path)
    {
        const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        FileStreamOptions options = new() { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.Read };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = Mode;
        }

        using FileStream made = new(path, options);
        made.Dispose();
        return File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
    }

    private static byte[]? ReadFile(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        byte[] octets = new byte[Math.Min(stream.Length, MostFileOctets)];
        stream.ReadExactly(octets);
        return octets;
    }

    // 0: not there, or never finished: then the other one is in use.
    private static ulong TurnOf(byte[]? file)
    {
        if (file is null || !file.AsSpan(0, Math.Min(file.Length, HeadOctets)).ContainsAnyExcept((byte)0))
        {
            return 0;
        }

        bool isWhole = file.Length >= HeadOctets && BinaryPrimitives.ReadUInt64LittleEndian(file) == Magic
            && BinaryPrimitives.ReadUInt32LittleEndian(file.AsSpan(32)) == Checksum(file.AsSpan(0, 32));
        return isWhole ? BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(16)) : Damaged;
    }

    private static uint Checksum(ReadOnlySpan<byte> octets) => ~Crc32C.Add(Crc32C.Start, octets);

    private static byte[] Encode(IReadOnlyList<LoggedPurge> purges, int reserved)
    {
        byte[][] texts = [.. purges.Select(purge => System.Text.Encoding.UTF8.GetBytes(purge.Text))];
        byte[] octets = new byte[reserved + texts.Sum(text => EntryHeadOctets + FixedOctets + text.Length)];
        Span<byte> rest = octets.AsSpan(reserved);
        for (int i = 0; i < purges.Count; i++)
        {
            LoggedPurge purge = purges[i];
            Span<byte> entry = rest.Slice(EntryHeadOctets, FixedOctets + texts[i].Length);
            BinaryPrimitives.WriteUInt64LittleEndian(entry, purge.Number);
            BinaryPrimitives.WriteUInt64LittleEndian(entry[8..], purge.Name);
            BinaryPrimitives.WriteUInt32LittleEndian(entry[16..], purge.Seconds);
            entry[20] = (byte)purge.Kind;
            entry[21] = purge.IsSoft ? (byte)1 : (byte)0;
            texts[i].CopyTo(entry[FixedOctets..]);
            BinaryPrimitives.WriteInt32LittleEndian(rest, entry.Length);
            BinaryPrimitives.WriteUInt32LittleEndian(rest[4..], Checksum(entry));
            rest = rest[(EntryHeadOctets + entry.Length)..];
        }

        return octets;
    }

    private void WriteHead(Span<byte> head, ulong turn, ulong forgotten)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(head, Magic);
        BinaryPrimitives.WriteUInt64LittleEndian(head[8..], Identity);
        BinaryPrimitives.WriteUInt64LittleEndian(head[16..], turn);
        BinaryPrimitives.WriteUInt64LittleEndian(head[24..], forgotten);
        BinaryPrimitives.WriteUInt32LittleEndian(head[32..], Checksum(head[..32]));
    }

    // False: something other than the end of the last entry is wrong.
    private bool TryRead(byte[] file)
    {
        Identity = BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(8));
        Base = BinaryPrimitives.ReadUInt64LittleEndian(file.AsSpan(24));
        int at = HeadOctets;
        ulong last = 0;
        while (TryReadEntry(file.AsSpan(at), last, out LoggedPurge purge, out int octets))
        {
            _entries.Add(purge);
            last = purge.Number;
            at += octets;
        }

        _length = at;
        for (int behind = at + 1; behind < file.Length; behind++)
        {
            if (TryReadEntry(file.AsSpan(behind), last, out _, out _))
            {
                return false;
            }
        }

        return true;
    }

    private static bool TryReadEntry(ReadOnlySpan<byte> octets, ulong last, out LoggedPurge purge, out int length)
    {
        purge = default;
        length = 0;
        if (octets.Length < EntryHeadOctets + FixedOctets)
        {
            return false;
        }

        int content = BinaryPrimitives.ReadInt32LittleEndian(octets);
        if (content is < FixedOctets or > FixedOctets + MostTextOctets || content > octets.Length - EntryHeadOctets)
        {
            return false;
        }

        ReadOnlySpan<byte> entry = octets.Slice(EntryHeadOctets, content);
        ulong number = BinaryPrimitives.ReadUInt64LittleEndian(entry);
        PurgeKind kind = (PurgeKind)entry[20];
        if (number <= last || !Enum.IsDefined(kind) || BinaryPrimitives.ReadUInt32LittleEndian(octets[4..]) != Checksum(entry))
        {
            return false;
        }

        string text = System.Text.Encoding.UTF8.GetString(entry[FixedOctets..]);
        purge = new LoggedPurge(
            number, kind, entry[21] != 0, BinaryPrimitives.ReadUInt32LittleEndian(entry[16..]), BinaryPrimitives.ReadUInt64LittleEndian(entry[8..]), text);
        length = EntryHeadOctets + content;
        return true;
    }
}
