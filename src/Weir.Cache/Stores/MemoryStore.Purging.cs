using Weir.Cache.Keys;
using Weir.Cache.Purging;

namespace Weir.Cache.Stores;

/// <content>What purges make of records.</content>
public sealed unsafe partial class MemoryStore
{
    // A step's share of the lock: some 0.1 ms.
    private const int SlotsPerStep = 1_024;

    private ulong _settledUntil;
    private ulong _walkTarget;
    private long _walkSlot;
    private long _purged;

    /// <inheritdoc/>
    public ulong SettledUntil => Volatile.Read(ref _settledUntil);

    /// <inheritdoc/>
    public bool IsPrompt => true;

    /// <summary>Records that purges removed.</summary>
    public long PurgedCount => Volatile.Read(ref _purged);

    /// <summary>
    /// Carries purges out on some records that nobody asks for, and frees their memory; one thread at a time. False: there is nothing left
    /// to do.
    /// </summary>
    public bool CarryOutSome()
    {
        lock (_gate)
        {
            if (_walkSlot == 0)
            {
                _walkTarget = _purges.Last;
            }

            if (_settledUntil >= _walkTarget || _isClosed)
            {
                return false;
            }

            long end = Math.Min(_walkSlot + SlotsPerStep, _index.SlotCount);
            for (; _walkSlot < end; _walkSlot++)
            {
                ulong* place = _index.SlotAt(_walkSlot);
                if (*place != 0 && At(*place)->CheckedUntil < _walkTarget && IsPurged(At(*place), out ulong number))
                {
                    Unlink(place, number);
                }
            }

            if (end == _index.SlotCount)
            {
                // What is stored behind the walk was looked at when it was stored.
                Volatile.Write(ref _settledUntil, _walkTarget);
                _walkSlot = 0;
                _segments.Reclaim();
            }

            return true;
        }
    }

    /// <summary>How much purges would touch, if they were in force; looks at everything, in small steps. Not for loops.</summary>
    public PurgeCount CountTouched(IReadOnlyList<Purge> purges)
    {
        PurgeList rehearsed = _purges.Rehearse(purges);
        long touched = 0;
        long octets = 0;
        for (long start = 0; start < _index.SlotCount; start += SlotsPerStep)
        {
            lock (_gate)
            {
                for (long i = start; i < Math.Min(start + SlotsPerStep, _index.SlotCount); i++)
                {
                    ulong slot = *_index.SlotAt(i);
                    if (slot == 0 || At(slot)->Kind is not (RecordKind.Response or RecordKind.Sliced) || !IsTouched(At(slot), rehearsed))
                    {
                        continue;
                    }

                    touched++;
                    octets += At(slot)->BodyOctets;
                }
            }
        }

        return new PurgeCount(touched, octets);
    }

    private bool IsTouched(RecordHeader* record, PurgeList rehearsed) =>
        rehearsed.Judge(SubjectOf(record), 0).Verdict != PurgeVerdict.Untouched
        && _purges.Judge(SubjectOf(record), record->CheckedUntil).Verdict != PurgeVerdict.Hard;

    private static bool IsNote(RecordKind kind) => kind is RecordKind.Variants or RecordKind.Unshared;

    private static PurgeSubject SubjectOf(RecordHeader* record) => new()
    {
        Key = new ReadOnlySpan<byte>(Layout.KeyOf(record), record->KeyOctets),
        Tags = new ReadOnlySpan<uint>(Layout.TagsOf(record), record->TagCount),
        IsNote = record->Kind is not (RecordKind.Response or RecordKind.Sliced),
        Status = record->Status,
        BodyOctets = record->BodyOctets,
        ReceivedSeconds = record->Freshness.ResponseTimeSeconds,
        FieldTable = new ReadOnlySpan<byte>(Layout.TableOf(record), record->FieldCount * StoredHead.EntryOctets),
        FieldLines = new ReadOnlySpan<byte>(Layout.LinesOf(record), record->LinesOctets),
    };

    // Looks through the purges that are newer than the record was looked at. False: it stays, stale perhaps. Called by whoever holds it.
    private bool IsPurged(RecordHeader* record, out ulong number)
    {
        PurgeFinding finding = _purges.Judge(SubjectOf(record), record->CheckedUntil);
        number = finding.Number;
        if (finding.Verdict == PurgeVerdict.Hard)
        {
            return true;
        }

        // The time first: whoever sees the number sees it too.
        if (finding.Verdict == PurgeVerdict.Soft && Volatile.Read(ref record->PurgedAt) == 0)
        {
            Volatile.Write(ref record->PurgedAt, finding.SoftSeconds);
            CountTouched(record, number);
        }

        record->CheckedUntil = finding.Until;
        return false;
    }

    // Removes the record that a slot led to; another one may be there by now.
    private void Drop(in KeyHash hash, ulong slot, ulong number)
    {
        lock (_gate)
        {
            ulong* link = FindLink(hash, slot);
            if (link != null)
            {
                Unlink(link, number);
            }
        }
    }

    private void Unlink(ulong* place, ulong number)
    {
        _purged++;
        CountTouched(At(*place), number);
        Unlink(place);
    }

    private void CountTouched(RecordHeader* record, ulong number)
    {
        if (record->Kind == RecordKind.Response)
        {
            _purges.Audit.Count(number);
        }
    }
}
