// Hot: Last is read at every hit; Judge runs once for each record after a purge.
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Weir.Cache.Keys;

namespace Weir.Cache.Purging;

/// <summary>
/// The purges of one cache, of all its tiers. Each has a number; a fetch remembers the newest number when it began, and what it brought is touched
/// by purges with a greater one. A record remembers up to which number it was looked at: a hit compares that with <see cref="Last"/>, one
/// comparison, and only where it lags asks <see cref="Judge"/>. Reading takes no lock. docs/decisions/0019-purging.md has the drawing.
/// </summary>
public sealed class PurgeList : IDisposable
{
    /// <summary>Purges by exact names that are kept.</summary>
    public const int MostExact = 131_072;

    /// <summary>Purges by prefix, by conditions and of everything that are kept.</summary>
    public const int MostScanned = 1_024;

    /// <summary>Numbers that a record has room for.</summary>
    public const ulong MostNumber = (1UL << 48) - 1;

    /// <summary>How long a purge is kept where there is room: for fetches that began before it. Later ones are not stored.</summary>
    public const long KeptSeconds = 600;

    /// <summary>In the place of a tag: the response had more than are kept, so that every tag counts as one of its own.</summary>
    public const uint ManyTags = 0;

    private const int KindCount = (int)PurgeKind.All + 1;

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly PurgeLog? _log;
    private readonly ConcurrentDictionary<ulong, PurgeMark> _exact = new();

    // The newest number of each kind: kinds that nothing new was said of are not looked through.
    private readonly ulong[] _newest = new ulong[KindCount];

    // Guarded by the gate: in the order of their numbers.
    private readonly Queue<LoggedPurge> _exactOrder = new();
    private readonly List<IPurgedTier> _tiers = [];

    // Swapped as a whole; in the order of their numbers.
    private ScannedPurge[] _scanned = [];
    private ulong _last;
    private ulong _forgotten;

    /// <summary>Purges that end with the process: for caches in memory alone.</summary>
    public PurgeList(TimeProvider? time = null)
        : this(time, BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong))))
    {
    }

    private PurgeList(TimeProvider? time, ulong identity)
    {
        _time = time ?? TimeProvider.System;
        Identity = identity;
    }

    private PurgeList(PurgeLog log, TimeProvider? time)
        : this(time, log.Identity)
    {
        _log = log;
        _last = log.Base;
        _forgotten = log.Base;
        foreach (LoggedPurge purge in log.TakeEntries())
        {
            Publish(purge);
        }
    }

    /// <summary>The number of the newest purge: what a fetch that begins now remembers.</summary>
    public ulong Last => Volatile.Read(ref _last);

    /// <summary>Purges up to this number are known no more: what was looked at only before it counts as purged.</summary>
    public ulong Forgotten => Volatile.Read(ref _forgotten);

    /// <summary>
    /// What numbers and hashes of tags belong to: a tier that stores them on disk stores this beside them, and throws everything away where
    /// it is another. It is another where the log was lost or damaged.
    /// </summary>
    public ulong Identity { get; }

    /// <summary>Who purged what.</summary>
    public PurgeAudit Audit { get; } = new();

    /// <summary>The number up to which all purges were carried out in memory.</summary>
    public ulong SettledInMemory
    {
        get
        {
            lock (_gate)
            {
                return Settled(ofPrompt: true);
            }
        }
    }

    /// <summary>The stores that purges touch.</summary>
    internal IReadOnlyList<IPurgedTier> Tiers
    {
        get
        {
            lock (_gate)
            {
                return [.. _tiers];
            }
        }
    }

    /// <summary>Purges that are kept.</summary>
    public int Count => _exact.Count + Volatile.Read(ref _scanned).Length;

    /// <summary>Whether purges are written to disk before they are in force.</summary>
    public bool IsDurable => _log is not null;

    /// <summary>Purges that survive: a log in this folder, which is made where it is not there. Read once, before the first fetch.</summary>
    /// <exception cref="IOException">The log cannot be opened.</exception>
    /// <exception cref="UnauthorizedAccessException">The same.</exception>
    public static PurgeList Open(string folder, TimeProvider? time = null) => new(PurgeLog.Open(folder), time);

    /// <summary>The hash of a tag, as records keep it.</summary>
    public uint TagOf(ReadOnlySpan<byte> tag) =>
        Math.Max((uint)KeyHash.Of(tag[..Math.Min(tag.Length, TagFields.MostOctets)], Identity).High, ManyTags + 1);

    /// <summary>A store that purges touch: they are kept until it has carried them out.</summary>
    public void Register(IPurgedTier tier)
    {
        lock (_gate)
        {
            _tiers.Add(tier);
        }
    }

    /// <summary>The store is no more.</summary>
    public void Unregister(IPurgedTier tier)
    {
        lock (_gate)
        {
            _tiers.Remove(tier);
        }
    }

    /// <summary>What the purges behind a number make of a record.</summary>
    /// <param name="subject">The record.</param>
    /// <param name="checkedUntil">The number up to which it was looked at; at first, that of its fetch.</param>
    public PurgeFinding Judge(in PurgeSubject subject, ulong checkedUntil)
    {
        ulong until = Last;
        if (checkedUntil >= until)
        {
            return new PurgeFinding(PurgeVerdict.Untouched, until, 0, 0);
        }

        KeyParts.TryRead(subject.Key, out KeyParts parts);
        Search search = new(checkedUntil);
        JudgeExact(subject, parts, ref search);
        JudgeScanned(subject, parts, ref search);

        // Behind the tables: what is taken out of them meanwhile is forgotten first.
        if (search.IsHard || checkedUntil < Forgotten)
        {
            return new PurgeFinding(PurgeVerdict.Hard, until, 0, search.Number);
        }

        return new PurgeFinding(search.SoftSeconds != 0 ? PurgeVerdict.Soft : PurgeVerdict.Untouched, until, search.SoftSeconds, search.Number);
    }

    /// <summary>
    /// Whether purges behind a number touch what a fetch for a key will bring, or might: its tags are not known yet. Who asks after such a
    /// purge does not follow such a fetch.
    /// </summary>
    public bool MayTouch(ReadOnlySpan<byte> key, ulong number)
    {
        if (number >= Last)
        {
            return false;
        }

        if (number < Forgotten || IsNews(PurgeKind.Tag, number) || IsNews(PurgeKind.OriginTag, number) || !KeyParts.TryRead(key, out KeyParts parts))
        {
            return true;
        }

        Search search = new(number);
        JudgeExact(new PurgeSubject { Key = key }, parts, ref search);
        if (search.IsHard || search.SoftSeconds != 0)
        {
            return true;
        }

        ScannedPurge[] scanned = Volatile.Read(ref _scanned);
        for (int i = scanned.Length - 1; i >= 0 && scanned[i].Logged.Number > number; i--)
        {
            if (scanned[i].MayTouch(parts))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>
    /// Puts purges in force, all or none; with a log they are on disk before. May wait for the disk: not for loops.
    /// </summary>
    /// <param name="purges">What to purge.</param>
    /// <param name="beforePublishing">Called between writing them and putting them in force.</param>
    public PurgeReceipt Add(IReadOnlyList<Purge> purges, Action? beforePublishing = null)
    {
        lock (_gate)
        {
            if (purges.Count == 0 || _last + (ulong)purges.Count > MostNumber)
            {
                return new PurgeReceipt(0, "There is nothing to purge.");
            }

            if (!TryMakeRoom(purges))
            {
                return new PurgeReceipt(0, "Too many purges are still being carried out. Ask again in a few seconds, or purge by host or prefix.");
            }

            List<LoggedPurge> logged = Number(purges);
            if (!TryLog(logged, out string? failure))
            {
                return new PurgeReceipt(0, failure);
            }

            beforePublishing?.Invoke();
            logged.ForEach(purge => Publish(purge));
            return new PurgeReceipt(_last, null);
        }
    }

    /// <summary>A list in which these alone are in force: for counting what they would touch.</summary>
    public PurgeList Rehearse(IReadOnlyList<Purge> purges)
    {
        PurgeList list = new(_time, Identity);
        list.Add(purges);
        return list;
    }

    /// <summary>Forgets what all tiers have carried out, once it is old enough.</summary>
    public void Forget()
    {
        lock (_gate)
        {
            long before = NowSeconds - KeptSeconds;
            ulong settled = Settled(ofPrompt: false);
            while (_exactOrder.TryPeek(out LoggedPurge purge) && purge.Number <= settled && purge.Seconds < before)
            {
                ForgetExact();
            }

            int count = 0;
            ScannedPurge[] scanned = _scanned;
            while (count < scanned.Length && scanned[count].Logged is var purge && purge.Number <= settled && purge.Seconds < before)
            {
                count++;
            }

            ForgetScanned(count);
        }
    }

    /// <summary>Closes the log: purges are refused afterwards where there is one.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _log?.Dispose();
        }
    }

    private long NowSeconds => _time.GetUtcNow().ToUnixTimeSeconds();

    private bool IsNews(PurgeKind kind, ulong number) => Volatile.Read(ref _newest[(int)kind]) > number;

    private void JudgeExact(in PurgeSubject subject, in KeyParts parts, ref Search search)
    {
        ulong number = search.CheckedUntil;
        if (IsNews(PurgeKind.Url, number))
        {
            Look(PurgeNames.Of(PurgeKind.Url, parts.Url, Identity), ref search);
        }

        if (IsNews(PurgeKind.Host, number))
        {
            Look(PurgeNames.Of(PurgeKind.Host, parts.Host, Identity), ref search);
        }

        if (IsNews(PurgeKind.Authority, number))
        {
            Look(PurgeNames.Of(PurgeKind.Authority, parts.Authority, Identity), ref search);
        }

        if (IsNews(PurgeKind.Tag, number))
        {
            foreach (uint tag in subject.Tags)
            {
                Look(PurgeNames.OfTag(tag), ref search);
                search.IsHard |= tag == ManyTags;
            }
        }

        if (IsNews(PurgeKind.OriginTag, number) && !subject.Tags.IsEmpty)
        {
            ulong origin = KeyHash.Of(parts.Origin, Identity).High;
            foreach (uint tag in subject.Tags)
            {
                Look(PurgeNames.OfOriginTag(origin, tag), ref search);
                search.IsHard |= tag == ManyTags;
            }
        }
    }

    private void Look(ulong name, ref Search search)
    {
        if (_exact.TryGetValue(name, out PurgeMark mark))
        {
            search.Note(mark);
        }
    }

    private void JudgeScanned(in PurgeSubject subject, in KeyParts parts, ref Search search)
    {
        ScannedPurge[] scanned = Volatile.Read(ref _scanned);
        for (int i = scanned.Length - 1; i >= 0 && scanned[i].Logged.Number > search.CheckedUntil; i--)
        {
            if (scanned[i].Touches(subject, parts))
            {
                search.Note(default(PurgeMark).With(scanned[i].Logged));
            }
        }
    }

    private List<LoggedPurge> Number(IReadOnlyList<Purge> purges)
    {
        List<LoggedPurge> logged = new(purges.Count);
        uint seconds = (uint)NowSeconds;
        foreach (Purge purge in purges)
        {
            LoggedPurge bare = new(_last + (ulong)logged.Count + 1, purge.Kind, purge.IsSoft, seconds, 0, "");
            logged.Add(bare.IsExact ? bare with { Name = NameOf(purge) } : bare with { Text = purge.Text });
        }

        return logged;
    }

    private ulong NameOf(Purge purge)
    {
        byte[] text = Encoding.UTF8.GetBytes(purge.Text);
        if (purge.Kind == PurgeKind.Tag)
        {
            return PurgeNames.OfTag(TagOf(text));
        }

        if (purge.Kind != PurgeKind.OriginTag)
        {
            return PurgeNames.Of(purge.Kind, text, Identity);
        }

        // Scheme and authority, then the tag, which may hold anything but comes last.
        int first = text.AsSpan().IndexOf((byte)'\n');
        int end = first + 1 + text.AsSpan(first + 1).IndexOf((byte)'\n');
        return PurgeNames.OfOriginTag(KeyHash.Of(text.AsSpan(0, end), Identity).High, TagOf(text.AsSpan(end + 1)));
    }

    // The tables come first, then the number that leads to them.
    private void Publish(in LoggedPurge purge)
    {
        if (purge.IsExact)
        {
            _exact[purge.Name] = (_exact.TryGetValue(purge.Name, out PurgeMark mark) ? mark : default).With(purge);
            _exactOrder.Enqueue(purge);
        }
        else
        {
            Volatile.Write(ref _scanned, [.. _scanned, new ScannedPurge(purge)]);
        }

        Volatile.Write(ref _newest[(int)purge.Kind], purge.Number);
        Volatile.Write(ref _last, purge.Number);
    }

    // What the memory has not been rid of makes way for nothing: everything older would count as purged.
    private bool TryMakeRoom(IReadOnlyList<Purge> purges)
    {
        int scanned = 0;
        foreach (Purge purge in purges)
        {
            scanned += purge.Kind is PurgeKind.Prefix or PurgeKind.Where or PurgeKind.All ? 1 : 0;
        }

        int exact = purges.Count - scanned;
        if (exact > MostExact || scanned > MostScanned)
        {
            return false;
        }

        ulong settled = Settled(ofPrompt: true);
        while (_exactOrder.Count + exact > MostExact)
        {
            if (_exactOrder.Peek().Number > settled)
            {
                return false;
            }

            ForgetExact();
        }

        int over = _scanned.Length + scanned - MostScanned;
        if (over > 0 && _scanned[over - 1].Logged.Number > settled)
        {
            return false;
        }

        ForgetScanned(over);
        return true;
    }

    private ulong Settled(bool ofPrompt)
    {
        ulong settled = _last;
        foreach (IPurgedTier tier in _tiers)
        {
            settled = ofPrompt && !tier.IsPrompt ? settled : Math.Min(settled, tier.SettledUntil);
        }

        return settled;
    }

    private void ForgetExact()
    {
        LoggedPurge purge = _exactOrder.Dequeue();
        Volatile.Write(ref _forgotten, Math.Max(_forgotten, purge.Number));
        if (_exact.TryGetValue(purge.Name, out PurgeMark mark) && mark.Newest <= purge.Number)
        {
            _exact.TryRemove(purge.Name, out _);
        }
    }

    private void ForgetScanned(int count)
    {
        if (count > 0)
        {
            Volatile.Write(ref _forgotten, Math.Max(_forgotten, _scanned[count - 1].Logged.Number));
            Volatile.Write(ref _scanned, _scanned[count..]);
        }
    }

    private bool TryLog(List<LoggedPurge> purges, out string? failure)
    {
        failure = null;
        if (_log is null)
        {
            return true;
        }

        if (_log.WantsRewrite && !_log.TryRewrite(LiveEntries(), _forgotten, out failure) && _log.IsBroken)
        {
            return false;
        }

        return _log.TryAppend(purges, out failure);
    }

    // Those that a newer one of the same name stands for are left out.
    private List<LoggedPurge> LiveEntries()
    {
        List<LoggedPurge> live = [.. _exactOrder.Where(
            purge => _exact.TryGetValue(purge.Name, out PurgeMark mark)
                && (purge.IsSoft ? mark.Soft == purge.Number && mark.Hard < purge.Number : mark.Hard == purge.Number))];
        live.AddRange(_scanned.Select(scanned => scanned.Logged));
        live.Sort((one, other) => one.Number.CompareTo(other.Number));
        return live;
    }

    private ref struct Search
    {
        public Search(ulong checkedUntil) => CheckedUntil = checkedUntil;

        public ulong CheckedUntil { get; }

        public bool IsHard { get; set; }

        public uint SoftSeconds { get; private set; }

        // The newest that touches.
        public ulong Number { get; private set; }

        public void Note(in PurgeMark mark)
        {
            if (mark.Newest <= CheckedUntil)
            {
                return;
            }

            Number = Math.Max(Number, mark.Newest);
            IsHard |= mark.Hard > CheckedUntil;
            if (mark.Soft > CheckedUntil && (SoftSeconds == 0 || mark.SoftSeconds < SoftSeconds))
            {
                SoftSeconds = Math.Max(mark.SoftSeconds, 1);
            }
        }
    }
}
