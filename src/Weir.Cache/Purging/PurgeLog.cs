using System.Buffers.Binary;
using System.Security.Cryptography;
using Weir.Cache.Disk;

namespace Weir.Cache.Purging;

/// <summary>
/// Purges on disk: two files of which one is in use. An entry is appended and flushed to the disk before its purge is acknowledged. Where
/// the file has grown, or could not be written, what is still kept is written to the other one, whose head, written and flushed last,
/// makes it the one in use: nothing is renamed, so nothing depends on when a file system writes its folders. One thread at a time.
/// </summary>
/// <remarks>
/// A torn entry at the end was never acknowledged and is cut off. Anything else that is wrong means that purges may be lost: the log gets
/// a new identity, so that what tiers stored before is thrown away.
/// </remarks>
internal sealed class PurgeLog : IDisposable
{
    private const int MostFileOctets = 256 << 20;
    private const long RewriteOctets = 1L << 20;

    private static readonly string[] _names = ["purges.0", "purges.1"];

    private readonly IDiskFiles _files;
    private List<LoggedPurge> _entries = [];
    private IDiskFile? _file;
    private bool _isClosed;
    private int _inUse;
    private ulong _turn;
    private long _length;
    private long _rewrittenLength = RewriteOctets;

    private PurgeLog(IDiskFiles files) => _files = files;

    /// <summary>What tells this log from one that was lost.</summary>
    public ulong Identity { get; private set; }

    /// <summary>Purges up to this number are forgotten.</summary>
    public ulong Base { get; private set; }

    /// <summary>Whether the file has grown so much that writing it anew pays, or can no longer be trusted.</summary>
    public bool WantsRewrite => IsBroken || _length > 2 * _rewrittenLength;

    /// <summary>Whether nothing can be appended before it is written anew.</summary>
    public bool IsBroken => _file is null;

    /// <summary>Opens the log of a directory that nobody else writes, or makes one.</summary>
    /// <param name="files">The directory.</param>
    /// <param name="identity">The identity of a new one; 0: a random one.</param>
    /// <exception cref="IOException">It can be neither read nor made.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static PurgeLog Open(IDiskFiles files, ulong identity = 0)
    {
        PurgeLog log = new(files);
        byte[][] read = Read(files);
        if (log.TryUse(read))
        {
            log._file = files.Open(_names[log._inUse], 0);
            log._file.Cut(log._length);
            log._rewrittenLength = Math.Max(log._length / 2, RewriteOctets);
            return log;
        }

        if (log._turn == PurgeLogFormat.Damaged)
        {
            // Both are: one is written anew, the other one must not be taken for what is in use.
            log._turn = 0;
            files.Delete(_names[log._inUse]);
        }

        ulong random = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(sizeof(ulong))) | 1;
        log.Identity = identity != 0 ? identity : random;
        log.Base = 0;
        log._entries = [];
        if (log.TryRewrite([], 0) is { } failure)
        {
            throw new IOException(failure);
        }

        return log;
    }

    /// <summary>
    /// What the log of a directory says that another process may be writing: its identity, and the last number that is there now. Null:
    /// there is none.
    /// </summary>
    public static (ulong Identity, ulong Last)? Peek(IDiskFiles files)
    {
        PurgeLog log = new(files);
        return log.TryUse(Read(files)) ? (log.Identity, log._entries.Count > 0 ? log._entries[^1].Number : log.Base) : null;
    }

    /// <summary>It goes on under another identity: once it is written anew.</summary>
    public void TakeIdentity(ulong identity) => Identity = identity;

    /// <summary>What was read when it was opened, once.</summary>
    public IReadOnlyList<LoggedPurge> TakeEntries()
    {
        List<LoggedPurge> entries = _entries;
        _entries = [];
        return entries;
    }

    /// <summary>Appends purges and waits until the disk has them. Null: it has; else why not.</summary>
    public string? TryAppend(IReadOnlyList<LoggedPurge> purges)
    {
        if (_file is null)
        {
            return Failure(_inUse, "it is closed.");
        }

        byte[] octets = PurgeLogFormat.Encode(purges, 0);
        try
        {
            _file.Write(octets, _length);
            _file.Flush();
            _length += octets.Length;
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // A flush that failed is not tried again: the system may have thrown away what it could not write. A new file is begun instead.
            _file.Dispose();
            _file = null;
            return Failure(_inUse, error.Message);
        }
    }

    /// <summary>Writes these purges alone to the other file, and goes on there. Null: that is done; else why not.</summary>
    public string? TryRewrite(IReadOnlyList<LoggedPurge> purges, ulong forgotten)
    {
        int other = 1 - _inUse;
        if (_isClosed)
        {
            return Failure(other, "it is closed.");
        }

        IDiskFile? file = null;
        bool isHeadBegun = false;
        try
        {
            file = _files.Open(_names[other], 0);
            file.Cut(0);
            byte[] octets = PurgeLogFormat.Encode(purges, PurgeLogFormat.HeadOctets);
            file.Write(octets.AsSpan(PurgeLogFormat.HeadOctets), PurgeLogFormat.HeadOctets);
            file.Flush();
            isHeadBegun = true;
            PurgeLogFormat.WriteHead(octets, Identity, _turn + 1, forgotten);
            file.Write(octets.AsSpan(0, PurgeLogFormat.HeadOctets), 0);
            file.Flush();
            _file?.Dispose();
            _file = file;
            _inUse = other;
            _turn++;
            _length = octets.Length;
            _rewrittenLength = Math.Max(_length, RewriteOctets);
            Base = forgotten;
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Not again before the file in use has doubled once more, where that one can be written.
            _rewrittenLength = Math.Max(_length, RewriteOctets);
            bool isGivenUp = TryEmpty(file) || !isHeadBegun;
            file?.Dispose();
            if (!isGivenUp)
            {
                // After a restart its head may make it the one in use: what is appended to the present one would be lost.
                _file?.Dispose();
                _file = null;
            }

            return Failure(other, error.Message);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _file?.Dispose();
        _file = null;
        _isClosed = true;
    }

    private static string Failure(int file, string why) => $"The purge log {_names[file]} cannot be written: {why}";

    // A file that is there and cannot be read whole is damaged: purges may be lost.
    private static byte[][] Read(IDiskFiles files)
    {
        IReadOnlyList<string> names = files.Prepare();
        return [.. _names.Select(name => files.ReadAll(name, MostFileOctets) ?? (names.Contains(name) ? [1] : []))];
    }

    private static bool TryEmpty(IDiskFile? file)
    {
        try
        {
            file?.Cut(0);
            file?.Flush();
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    // False: there is none, or purges may be lost.
    private bool TryUse(byte[][] files)
    {
        ulong[] turns = [PurgeLogFormat.TurnOf(files[0]), PurgeLogFormat.TurnOf(files[1])];
        int damaged = Array.IndexOf(turns, PurgeLogFormat.Damaged);
        _inUse = damaged >= 0 ? 1 - damaged : turns[1] > turns[0] ? 1 : 0;
        _turn = turns[_inUse];
        if (damaged >= 0 || _turn == 0)
        {
            return false;
        }

        Identity = PurgeLogFormat.IdentityOf(files[_inUse]);
        Base = PurgeLogFormat.BaseOf(files[_inUse]);
        bool isWhole = PurgeLogFormat.TryReadEntries(files[_inUse], _entries, out int end);
        _length = end;
        return isWhole;
    }
}
