using Weir.Cache.Purging;
using Weir.Cache.Stores;
using Weir.Cache.Tests.Freshness;
using Weir.Cache.Tests.Stores;

namespace Weir.Cache.Tests.Purging;

public sealed class PurgedRecordsTests
{
    private const int Objects = 200;

    private readonly SettableTime _time = new();
    private int _failures;

    [Fact]
    public void A_hard_purge_removes_what_it_names_when_it_is_asked_for()
    {
        PurgeList purges = new(_time);
        using MemoryStore store = new(1 << 20, 1, purges);
        Insert(store, 1, "a b");
        Insert(store, 2, "b");
        purges.Add([Purge.OfTag("a", isSoft: false)]);
        Sample.Has(store, 1).ShouldBeFalse();
        Sample.Has(store, 2).ShouldBeTrue();
        store.Count.ShouldBe(1);
        store.PurgedCount.ShouldBe(1);
        Insert(store, 1, "a");
        Sample.Has(store, 1).ShouldBeTrue("what is fetched afterwards is not touched");
    }

    [Fact]
    public void A_soft_purge_makes_stale()
    {
        PurgeList purges = new(_time);
        using MemoryStore store = new(1 << 20, 1, purges);
        Insert(store, 1, "a");
        Time(store, 1).ShouldBe(60);
        _time.Advance(TimeSpan.FromSeconds(10));
        purges.Add([Purge.OfTag("a", isSoft: true)]);
        Time(store, 1).ShouldBe(0);
        Time(store, 1).ShouldBe(0, "once it was looked at");
        _time.Advance(TimeSpan.FromSeconds(10));
        purges.Add([Purge.OfTag("a", isSoft: true)]);
        Time(store, 1).ShouldBe(-10, "it was stale since the first");
    }

    [Fact]
    public void What_a_fetch_brings_that_began_before_a_purge_is_touched_by_it()
    {
        PurgeList purges = new(_time);
        using MemoryStore store = new(1 << 20, 1, purges);
        ulong began = purges.Last;
        purges.Add([Purge.OfTag("a", isSoft: false)]);
        Insert(store, 1, "a", began).ShouldBeFalse();
        Insert(store, 2, "b", began).ShouldBeTrue();
        purges.Add([Purge.OfTag("b", isSoft: true)]);
        Insert(store, 2, "b", began).ShouldBeTrue();
        Time(store, 2).ShouldBe(0);
    }

    [Fact]
    public void The_walk_frees_what_nobody_asks_for()
    {
        PurgeList purges = new(_time);
        using MemoryStore store = new(4 << 20, 1, purges);
        for (int i = 0; i < 1_000; i++)
        {
            Insert(store, i, i % 2 == 0 ? "even" : "odd");
        }

        store.CarryOutSome().ShouldBeFalse("there is nothing to do");
        purges.Add([Purge.OfTag("even", isSoft: false)]);
        store.CountTouched([Purge.OfTag("odd", isSoft: false)]).Touched.ShouldBe(500);
        store.CountTouched([Purge.OfAll(isSoft: false)]).Touched.ShouldBe(500, "what is purged is not counted again");
        store.SettledUntil.ShouldBe(0u);
        while (store.CarryOutSome())
        {
        }

        store.Count.ShouldBe(500);
        store.PurgedCount.ShouldBe(500);
        store.SettledUntil.ShouldBe(1u);
        _time.Advance(TimeSpan.FromSeconds(PurgeList.KeptSeconds + 1));
        purges.Forget();
        purges.Count.ShouldBe(0);
        Sample.Has(store, 1).ShouldBeTrue();
        Insert(store, 2, "even", 0).ShouldBeFalse("its fetch began before a purge that is known no more");
        Insert(store, 2, "even").ShouldBeTrue();
    }

    [Fact]
    public void A_validation_keeps_what_was_purged_since_it_began_away()
    {
        PurgeList purges = new(_time);
        using MemoryStore store = new(1 << 20, 1, purges);
        Insert(store, 1, "a");
        store.TryFind(0, Sample.Hash(1), Sample.Key(1), out StoredEntry entry).ShouldBeTrue();
        ulong began = purges.Last;
        purges.Add([Purge.OfTag("a", isSoft: false)]);
        store.Refresh(entry, Sample.Key(1), Record("a", began, purges)).ShouldBeFalse();
        store.Release(0, entry);
        Sample.Has(store, 1).ShouldBeFalse();
        store.Count.ShouldBe(0);
    }

    [Fact]
    public void What_survives_an_eviction_keeps_its_tags_and_its_staleness()
    {
        PurgeList purges = new(_time);
        using MemoryStore store = new(1 << 20, 1, purges);
        Insert(store, -1, "keep");
        Insert(store, -2, "lose");
        purges.Add([Purge.OfTag("keep", isSoft: true)]);
        for (int i = 0; i < 3_000; i++)
        {
            Insert(store, i, "other");
            Time(store, -1).ShouldBe(0, $"after {i}");
            Sample.Has(store, -2).ShouldBeTrue();
        }

        store.EvictedCount.ShouldBeGreaterThan(100);
        purges.Add([Purge.OfTag("lose", isSoft: false)]);
        Sample.Has(store, -2).ShouldBeFalse();
        Time(store, -1).ShouldBe(0);
    }

    [Fact]
    public void Readers_meet_purges_without_seeing_what_is_gone()
    {
        PurgeList purges = new(_time);
        using MemoryStore store = new(8 << 20, 3, purges);
        ulong[] known = [0];
        using CancellationTokenSource end = new();
        Thread[] readers = [.. Enumerable.Range(0, 2).Select(lane => new Thread(() => ReadUntil(store, lane, known, end.Token)))];
        Array.ForEach(readers, reader => reader.Start());
        for (int round = 0; round < 200; round++)
        {
            for (int i = 0; i < Objects; i++)
            {
                Insert(store, i, "t");
            }

            purges.Add([Purge.OfTag("t", isSoft: round % 3 == 0)]).IsDone.ShouldBeTrue();
            Volatile.Write(ref known[0], purges.Last);

            store.CarryOutSome();
        }

        end.Cancel();
        Array.ForEach(readers, reader => reader.Join());
        while (store.CarryOutSome())
        {
        }

        purges.Last.ShouldBe(200u);
        _failures.ShouldBe(0);
    }

    // What is found was looked at up to whatever purge was in force before.
    private void ReadUntil(MemoryStore store, int lane, ulong[] known, CancellationToken end)
    {
        for (int i = 0; !end.IsCancellationRequested; i = (i + 1) % Objects)
        {
            ulong before = Volatile.Read(ref known[0]);
            if (!store.TryFind(lane, Sample.Hash(i), Sample.Key(i), out StoredEntry entry))
            {
                continue;
            }

            if (entry.CheckedUntil < before)
            {
                Interlocked.Increment(ref _failures);
            }

            store.Release(lane, entry);
        }
    }

    private long Time(MemoryStore store, int number)
    {
        store.TryFind(0, Sample.Hash(number), Sample.Key(number), out StoredEntry entry).ShouldBeTrue();
        long left = entry.Freshness.TimeToLiveAt(_time.GetUtcNow().ToUnixTimeSeconds());
        store.Release(0, entry);
        return left;
    }

    private bool Insert(MemoryStore store, int number, string tags, ulong? began = null) =>
        store.Insert(
            Sample.Hash(number), Sample.Key(number), Record(tags, began ?? store.Purges.Last, store.Purges), Sample.Body(number, 600));

    private NewRecord Record(string tags, ulong began, PurgeList purges) => Sample.Record() with
    {
        Freshness = Sample.FreshnessAt(_time.GetUtcNow().ToUnixTimeSeconds()),
        Number = began,
        Tags = TagFields.Read(Fields.Of($"Surrogate-Key: {tags}"), purges),
    };
}
