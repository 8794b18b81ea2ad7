// Hot: Last is read at every hit.
using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Weir.Cache.Keys;

namespace Weir.Cache.Purging;

/// <summary>
/// The purges of one cache, of all its tiers. Each has a number; a fetch remembers the newest number when it began, and what it brought is
/// touched by purges with a greater one. A record remembers up to which number it was looked at: a hit compares that with
/// <see cref="Last"/>, one comparison, and only where it lags asks <see cref="Judge"/>. Reading takes no lock.
/// docs/decisions/0019-purging.md has the drawing.
/// </summary>
public sealed partial class PurgeList : IDisposable
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

    // Purges that are forgotten while the gate is held once.
    private const int MostForgotten = 1_024;

    private const int KindCount = (int)PurgeKind.All + 1;

    // Numbers, tables, tiers, and what waits for the log. Held for microseconds, by loops too.
    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<ulong, PurgeMark> _exact = new();

    // The newest number of each kind: kinds that nothing new was said of are not looked through.
    private readonly ulong[] _newest = new ulong[KindCount];

    // Guarded by the gate: in the order of their numbers.
    private PurgeOrder _exactOrder = new();
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

    /// <summary>
    /// Puts purges in force, all or none. Does not wait for the disk: with a log they are acknowledged to nobody before <see
    /// cref="Commit"/>. Any thread, loops too.
    /// </summary>
    /// <param name="purges">What to purge.</param>
    /// <param name="beforePublishing">Called before they are in force.</param>
    public PurgeReceipt Add(IReadOnlyList<Purge> purges, Action? beforePublishing = null)
    {
        lock (_gate)
        {
            if (purges.Count == 0 || _last + (ulong)purges.Count > MostNumber)
            {
                return new PurgeReceipt(0, "There is nothing to purge.");
            }

            if (_unwritten.Count + purges.Count > MostExact || !TryMakeRoom(purges))
            {
                return new PurgeReceipt(
                    0, "Too many purges are still being carried out. Ask again in a few seconds, or purge by host or prefix.");
            }

            List<LoggedPurge> logged = Number(purges);
            beforePublishing?.Invoke();
            logged.ForEach(purge => Publish(purge));
            if (_log is not null)
            {
                _unwritten.AddRange(logged);
            }

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
        while (ForgetSome())
        {
            // Between two portions others have their turn.
        }
    }

    private bool ForgetSome()
    {
        lock (_gate)
        {
            long before = NowSeconds - KeptSeconds;
            ulong settled = Settled(ofPrompt: false);
            int left = MostForgotten;
            while (_exactOrder.TryPeek(out LoggedPurge purge) && purge.Number <= settled && purge.Seconds < before)
            {
                if (left-- == 0)
                {
                    return true;
                }

                ForgetExact();
            }

            int count = 0;
            ScannedPurge[] scanned = _scanned;
            while (count < scanned.Length && scanned[count].Logged is var purge && purge.Number <= settled && purge.Seconds < before)
            {
                count++;
            }

            ForgetScanned(count);
            return false;
        }
    }

    private long NowSeconds => _time.GetUtcNow().ToUnixTimeSeconds();

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
        while (_exactOrder.Count + exact > MostExact && _exactOrder.TryPeek(out LoggedPurge oldest))
        {
            if (oldest.Number > settled)
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
}
