using Weir.Cache.Disk;

namespace Weir.Cache.Purging;

/// <content>What is written to disk. Purges are in force before they are there, and acknowledged when they are.</content>
public sealed partial class PurgeList
{
    // What another process adds to the log while this one waits for it: their numbers must not meet.
    private const ulong WaitingGap = 1UL << 28;

    // The log: whoever holds it may wait for the disk. Taken before the other gate, and never by loops.
    private readonly Lock _logGate = new();

    // Guarded by the gate: in force, and not handed to the log.
    private List<LoggedPurge> _unwritten = [];

    // Where a log that another process writes ended when this one began.
    private ulong _seen;
    private bool _isMerged;
    private bool _isWaiting;
    private volatile PurgeLog? _log;
    private volatile string? _logProblem;
    private ulong _durable;

    private PurgeList(PurgeLog log, TimeProvider? time)
        : this(time, log.Identity)
    {
        _last = log.Base;
        _forgotten = log.Base;
        foreach (LoggedPurge purge in log.TakeEntries())
        {
            Publish(purge);
        }

        _durable = _last;
        _log = log;
    }

    /// <summary>Whether there is a log: purges survive once <see cref="Commit"/> has written them.</summary>
    public bool IsDurable => _log is not null;

    /// <summary>Whether there is to be a log, which cannot be used yet: a crash brings back what was purged meanwhile.</summary>
    public bool IsWaiting => _isWaiting && _log is null;

    /// <summary>
    /// The number up to which purges survive a crash. A record that is written to disk says no greater one: the numbers behind it are
    /// given again after a crash, to purges that are to touch it. Without a log that is the newest one.
    /// </summary>
    public ulong DurableLast => _log is null ? Last : Volatile.Read(ref _durable);

    /// <summary>Purges in force that a crash would undo.</summary>
    public long Unwritten => _log is not null ? (long)(Last - Math.Min(Volatile.Read(ref _durable), Last)) : _isWaiting ? Count : 0;

    /// <summary>Why the log could not be written the last time; null: it could.</summary>
    public string? LogProblem => _logProblem;

    /// <summary>
    /// Purges that survive: a log in this folder, which is made where it is not there. Read once, before the first fetch.
    /// </summary>
    /// <exception cref="IOException">The log cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static PurgeList Open(string folder, TimeProvider? time = null) => Open(new DiskFiles(folder), time);

    internal static PurgeList Open(IDiskFiles files, TimeProvider? time = null) => new(PurgeLog.Open(files), time);

    /// <summary>
    /// Purges in memory until <see cref="Adopt"/>: another process writes the log, or it cannot be used yet. Tags are hashed as there, so
    /// that what is stored meanwhile and what lies on disk are purged alike.
    /// </summary>
    internal static PurgeList Waiting(IDiskFiles files, TimeProvider? time = null)
    {
        (ulong Identity, ulong Last)? found = null;
        try
        {
            found = PurgeLog.Peek(files);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // Then what lies on disk is of no use later: its identity is another.
        }

        return found is { } log && log.Last < MostNumber - (2 * WaitingGap)
            ? new PurgeList(time, log.Identity) { _isWaiting = true, _seen = log.Last, _last = log.Last + WaitingGap }
            : new PurgeList(time) { _isWaiting = true };
    }

    /// <summary>
    /// Takes over the log of a directory that is this process's own from now on. What another one purged after this one began is purged
    /// here too; what was purged here is written there before this returns. Not for loops.
    /// </summary>
    /// <exception cref="IOException">The log cannot be opened, or not be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    internal void Adopt(IDiskFiles files)
    {
        PurgeLog log = PurgeLog.Open(files, Identity);
        lock (_logGate)
        {
            KeptPurges kept;
            ulong last;
            ulong forgotten;
            lock (_gate)
            {
                Merge(log);
                log.TakeIdentity(Identity);
                kept = Keep();
                last = _last;
                forgotten = _forgotten;

                // From here on what is added waits for this log.
                _log = log;
            }

            if (log.TryRewrite(kept.ListLive(), forgotten) is { } failure)
            {
                _log = null;
                log.Dispose();
                throw new IOException(failure);
            }

            Volatile.Write(ref _durable, last);
        }
    }

    /// <summary>
    /// Writes what is in force to disk, and waits for it. Null: it is there; else why it is not. Not for loops.
    /// </summary>
    public string? Commit()
    {
        lock (_logGate)
        {
            if (_log is not { } log)
            {
                return null;
            }

            List<LoggedPurge> purges;
            KeptPurges? kept;
            ulong last;
            ulong forgotten;
            lock (_gate)
            {
                (purges, _unwritten) = (_unwritten, []);
                kept = log.WantsRewrite ? Keep() : null;
                last = _last;
                forgotten = _forgotten;
            }

            string? problem = Write(log, purges, kept?.ListLive(), forgotten);
            if (problem is null)
            {
                Volatile.Write(ref _durable, last);
            }

            return _logProblem = problem;
        }
    }

    /// <summary>Writes what is not yet on disk, and closes the log.</summary>
    public void Dispose()
    {
        if (DurableLast < Last)
        {
            Commit();
        }

        lock (_logGate)
        {
            _log?.Dispose();
        }
    }

    // A log that is written anew has everything; what cannot be appended is written anew the next time.
    private static string? Write(PurgeLog log, List<LoggedPurge> purges, List<LoggedPurge>? live, ulong forgotten)
    {
        string? problem = live is null ? null : log.TryRewrite(live, forgotten);
        return (live is not null && (problem is null || log.IsBroken)) || purges.Count == 0 ? problem : log.TryAppend(purges);
    }

    // With the gate held.
    private void Merge(PurgeLog log)
    {
        IReadOnlyList<LoggedPurge> entries = log.TakeEntries();
        if (_isMerged)
        {
            return;
        }

        _isMerged = true;
        ulong end = entries.Count > 0 ? entries[^1].Number : log.Base;
        if (log.Identity != Identity || end >= _seen + WaitingGap)
        {
            // Its numbers and tags are others': whatever has one of them counts as purged.
            Volatile.Write(ref _forgotten, _last);
            return;
        }

        foreach (LoggedPurge purge in entries)
        {
            PutBelow(purge);
        }

        PurgeOrder.Snapshot later = _exactOrder.Take();
        _exactOrder = new PurgeOrder();
        foreach (LoggedPurge purge in entries.Where(purge => purge.IsExact))
        {
            _exactOrder.Enqueue(purge);
        }

        for (int i = 0; i < later.Count; i++)
        {
            _exactOrder.Enqueue(later[i]);
        }

        Volatile.Write(ref _scanned, [.. entries.Where(purge => !purge.IsExact).Select(purge => new ScannedPurge(purge)), .. _scanned]);
        Volatile.Write(ref _forgotten, Math.Max(_forgotten, log.Base));
        foreach (LoggedPurge purge in entries.Where(purge => purge.Number > _seen))
        {
            Publish(purge with { Number = _last + 1 });
        }
    }

    // Purges of a lower number than all that are known.
    private void PutBelow(in LoggedPurge purge)
    {
        if (purge.IsExact)
        {
            _exact[purge.Name] = (_exact.TryGetValue(purge.Name, out PurgeMark mark) ? mark : default).With(purge);
        }

        Volatile.Write(ref _newest[(int)purge.Kind], Math.Max(_newest[(int)purge.Kind], purge.Number));
    }

    // With the gate held: a few references. What is to be done with it is done without.
    private KeptPurges Keep() => new(_exactOrder.Take(), _scanned);
}
