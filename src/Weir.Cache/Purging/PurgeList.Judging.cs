// Hot: Judge runs once for each record after a purge.
using Weir.Cache.Keys;

namespace Weir.Cache.Purging;

/// <content>What purges make of records and of fetches. No lock: the tables are read while purges are added.</content>
public sealed partial class PurgeList
{
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

        PurgeVerdict verdict = search.SoftSeconds != 0 ? PurgeVerdict.Soft : PurgeVerdict.Untouched;
        return new PurgeFinding(verdict, until, search.SoftSeconds, search.Number);
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

        if (number < Forgotten || IsNews(PurgeKind.Tag, number) || IsNews(PurgeKind.OriginTag, number)
            || !KeyParts.TryRead(key, out KeyParts parts))
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
