using Weir.Abstractions.Heads;
using Weir.Cache.Stores;
using Weir.Cache.Tests.Freshness;

namespace Weir.Cache.Tests.Stores;

/// <summary>Proves what a store gives back, what it drops, and that it keeps its bound.</summary>
public sealed class MemoryStoreTests
{
    private const int Small = 1 << 20;

    [Fact]
    public void What_was_stored_is_found_with_head_and_body()
    {
        using MemoryStore store = new(Small, 1);
        NewRecord record = Sample.Record("Content-Type: text/plain|X-Odd: |ETag: \"a\"|Set-Cookie: a=b|Set-Cookie: c=d", 404);
        store.Insert(Sample.Hash(1), Sample.Key(1), record, "hello"u8).ShouldBeTrue();
        store.TryFind(0, Sample.Hash(1), Sample.Key(1), out StoredEntry entry).ShouldBeTrue();
        ResponseHead head = new();
        entry.LoadHead(head);
        head.Status.ShouldBe(404);
        head.BodyLength.ShouldBe(BodyLength.Of(5));
        head.Fields.ToString().ShouldBe(record.Fields!.ToString());
        head.Fields.TryGet(KnownField.ETag, out ReadOnlySpan<byte> tag).ShouldBeTrue();
        Fields.Text(tag).ShouldBe("\"a\"");
        Fields.Text(Sample.ReadBody(entry)).ShouldBe("hello");
        entry.KeepUntilSeconds.ShouldBe(Fields.Now + 60);
        entry.DateSeconds.ShouldBe(Fields.Now);
        store.Release(0, entry);
        store.Count.ShouldBe(1);
    }

    [Fact]
    public void A_body_may_be_empty()
    {
        using MemoryStore store = new(Small, 1);
        store.Insert(Sample.Hash(1), Sample.Key(1), Sample.Record(status: 204), default(ReadOnlySpan<byte>)).ShouldBeTrue();
        store.TryFind(0, Sample.Hash(1), Sample.Key(1), out StoredEntry entry).ShouldBeTrue();
        entry.PartCount.ShouldBe(0);
        store.Release(0, entry);
    }

    [Fact]
    public void Equal_hashes_do_not_make_equal_keys()
    {
        using MemoryStore store = new(Small, 1);
        Sample.Insert(store, 1, 100).ShouldBeTrue();
        store.TryFind(0, Sample.Hash(1), Sample.Key(2), out _).ShouldBeFalse();
        store.Insert(Sample.Hash(1), Sample.Key(2), Sample.Record(), "other"u8).ShouldBeTrue();
        Sample.Has(store, 1).ShouldBeTrue();
        store.TryFind(0, Sample.Hash(1), Sample.Key(2), out StoredEntry entry).ShouldBeTrue();
        Fields.Text(Sample.ReadBody(entry)).ShouldBe("other");
    }

    [Fact]
    public void A_later_record_takes_the_place_of_an_earlier_one_that_a_reader_keeps()
    {
        using MemoryStore store = new(Small, 1);
        Sample.Insert(store, 1, 100, seed: 1).ShouldBeTrue();
        store.TryFind(0, Sample.Hash(1), Sample.Key(1), out StoredEntry old).ShouldBeTrue();
        Sample.Insert(store, 1, 200, seed: 2).ShouldBeTrue();
        store.TryFind(0, Sample.Hash(1), Sample.Key(1), out StoredEntry entry).ShouldBeTrue();
        old.BodyOctets.ShouldBe(100);
        entry.BodyOctets.ShouldBe(200);
        Sample.Check(1, old);
        Sample.Check(1, entry);
        store.Count.ShouldBe(1);
    }

    [Fact]
    public void A_removed_record_is_gone_and_an_expired_one_is_stale()
    {
        using MemoryStore store = new(Small, 1);
        Sample.Insert(store, 1, 100);
        store.Expire(Sample.Hash(1), Sample.Key(1), Fields.Now).ShouldBeTrue();
        store.TryFind(0, Sample.Hash(1), Sample.Key(1), out StoredEntry entry).ShouldBeTrue();
        entry.Freshness.TimeToLiveAt(Fields.Now).ShouldBeLessThanOrEqualTo(0);
        store.Release(0, entry);
        store.Remove(Sample.Hash(1), Sample.Key(1)).ShouldBeTrue();
        Sample.Has(store, 1).ShouldBeFalse();
        store.Remove(Sample.Hash(1), Sample.Key(1)).ShouldBeFalse();
        store.Expire(Sample.Hash(1), Sample.Key(1), Fields.Now).ShouldBeFalse();
        store.Count.ShouldBe(0);
    }

    [Theory]
    [InlineData(12)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(65_537)]
    [InlineData(65_400)]
    [InlineData(131_000)]
    [InlineData(131_072)]
    [InlineData(100_001)]
    public void A_large_body_lies_in_several_pieces(int octets)
    {
        using MemoryStore store = new(4 * Small, 1);
        store.SegmentOctets.ShouldBe(65_536);
        Sample.InsertLarge(store, 1, octets).ShouldBeTrue();
        Sample.Has(store, 1).ShouldBeTrue();
    }

    [Fact]
    public void A_body_beyond_the_most_is_refused_and_gives_its_memory_back()
    {
        using MemoryStore store = new(4 * Small, 1);
        TestLoop loop = new();
        for (int i = 0; i < 100; i++)
        {
            CollectedBody body = new(store, loop, 100_000);
            body.TryAppend(new byte[90_000]).ShouldBeTrue();
            body.TryAppend(new byte[20_000]).ShouldBeFalse();
            body.Release();
        }

        loop.Rented.ShouldBe(0);
        Sample.InsertLarge(store, 1, 100_000).ShouldBeTrue();
    }

    [Fact]
    public void A_body_for_which_there_is_no_memory_is_refused()
    {
        using MemoryStore store = new(Small, 1);
        TestLoop loop = new(mostBuffers: 1);
        CollectedBody body = new(store, loop, 100_000);
        body.TryAppend(new byte[10_000]).ShouldBeTrue();
        body.TryAppend(new byte[10_000]).ShouldBeFalse();
        body.Release();
        loop.Rented.ShouldBe(0);
    }

    [Fact]
    public void New_fields_keep_the_body()
    {
        using MemoryStore store = new(4 * Small, 1);
        foreach (int octets in new[] { 1_000, 70_000 })
        {
            Sample.InsertLarge(store, 1, octets).ShouldBeTrue();
            store.TryFind(0, Sample.Hash(1), Sample.Key(1), out StoredEntry old).ShouldBeTrue();
            store.Refresh(old, Sample.Key(1), Sample.Record("A: new")).ShouldBeTrue();
            store.Refresh(old, Sample.Key(1), Sample.Record("A: late")).ShouldBeFalse();
            store.Release(0, old);
            store.TryFind(0, Sample.Hash(1), Sample.Key(1), out StoredEntry entry).ShouldBeTrue();
            ResponseHead head = new();
            entry.LoadHead(head);
            head.Fields.ToString().ShouldBe("A: new\r\n");
            Sample.Check(1, entry);
            store.Release(0, entry);
            store.Count.ShouldBe(1);
        }
    }

    [Theory]
    [InlineData(Small)]
    [InlineData(8 * Small)]
    [InlineData((3 * Small) + 12345)]
    public void Ten_times_its_size_stays_within_the_bound(int capacity)
    {
        const int Seed = 3;
        using MemoryStore store = new(capacity, 64);
        Random random = new(Seed);
        long inserted = 0;
        for (int i = 0; inserted < capacity * 10L; i++)
        {
            int octets = random.Next(10) == 0 ? random.Next(200_000) : random.Next(10_000);
            bool fits = octets <= store.MostBodyOctets;
            (octets > 20_000 ? Sample.InsertLarge(store, i, octets) : Sample.Insert(store, i, octets)).ShouldBe(
                fits, $"seed {Seed}, object {i}, {octets} octets");
            inserted += octets;
            store.UsedOctets.ShouldBeLessThanOrEqualTo(capacity);
            if (fits)
            {
                Sample.Has(store, i).ShouldBeTrue($"seed {Seed}, object {i}");
            }
        }

        store.EvictedCount.ShouldBeGreaterThan(0);
        store.HeldBack.ShouldBe(0);
        int found = Enumerable.Range(0, 100_000).Count(i => Sample.Has(store, i));
        found.ShouldBe((int)store.Count);
    }

    [Fact]
    public void What_is_asked_for_outlives_a_scan()
    {
        using MemoryStore store = new(8 * Small, 1);
        for (int i = 0; i < 100; i++)
        {
            Sample.Insert(store, i, 4_000);
            Sample.Has(store, i).ShouldBeTrue();
        }

        for (int i = 1_000; i < 21_000; i++)
        {
            Sample.Insert(store, i, 4_000);
            if (i % 20 == 0)
            {
                Sample.Has(store, i / 20 % 100).ShouldBeTrue($"after {i - 1_000} strangers");
            }
        }
    }

    [Fact]
    public void What_a_reader_holds_stays_as_it_is_while_all_else_goes()
    {
        using MemoryStore store = new(4 * Small, 2);
        Sample.InsertLarge(store, 1, 70_000).ShouldBeTrue();
        store.TryFind(1, Sample.Hash(1), Sample.Key(1), out StoredEntry held).ShouldBeTrue();
        store.Remove(Sample.Hash(1), Sample.Key(1)).ShouldBeTrue();
        for (int i = 10; i < 2_000; i++)
        {
            Sample.Insert(store, i, 5_000).ShouldBeTrue();
        }

        Sample.Check(1, held);
        store.HeldBack.ShouldBe(2);
        store.Release(1, held);
        for (int i = 10; i < 2_000; i++)
        {
            Sample.Insert(store, i, 5_000).ShouldBeTrue();
        }

        store.HeldBack.ShouldBe(0);
    }

    [Fact]
    public void When_readers_hold_everything_nothing_is_stored_and_nothing_breaks()
    {
        using MemoryStore store = new(Small, 1);
        List<(int Number, StoredEntry Entry)> held = [];
        int refused = 0;
        for (int i = 0; i < 500; i++)
        {
            if (!Sample.Insert(store, i, 20_000))
            {
                refused++;
                continue;
            }

            store.TryFind(0, Sample.Hash(i), Sample.Key(i), out StoredEntry entry).ShouldBeTrue();
            held.Add((i, entry));
        }

        refused.ShouldBeGreaterThan(0);
        held.ForEach(pair => Sample.Check(pair.Number, pair.Entry));
        held.ForEach(pair => store.Release(0, pair.Entry));
        Sample.Insert(store, 1_000, 20_000).ShouldBeTrue();
        Sample.Has(store, 1_000).ShouldBeTrue();
    }

    [Fact]
    public void Finding_allocates_nothing()
    {
        using MemoryStore store = new(Small, 1);
        Sample.Insert(store, 1, 10_000);
        byte[] key = Sample.Key(1);
        ResponseHead head = new();
        long least = long.MaxValue;
        for (int window = 0; window < 20 && least > 0; window++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1_000; i++)
            {
                Find(store, key, head);
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        head.Status.ShouldBe(200);
        least.ShouldBe(0);
    }

    [Fact]
    public void A_small_object_costs_little_beside_itself()
    {
        const int Objects = 100_000;
        using MemoryStore store = new(100L << 20, 2);
        long payload = 0;
        long empty = store.UsedOctets;
        byte[] body = new byte[300];
        for (int i = 0; i < Objects; i++)
        {
            byte[] key = Sample.Key(i);
            NewRecord record = Sample.Record();
            store.Insert(Keys(key), key, record, body).ShouldBeTrue();
            payload += key.Length + body.Length + record.Fields!.ToString().Length;
        }

        store.Count.ShouldBeGreaterThan(Objects - 100);
        long overhead = (store.UsedOctets - empty - payload) / Objects;

        // Two slots of the index for each record are plenty.
        (overhead + 16).ShouldBeLessThanOrEqualTo(150);

        static Cache.Keys.KeyHash Keys(byte[] key) => Cache.Keys.KeyHash.Of(key);
    }

    private static void Find(MemoryStore store, byte[] key, ResponseHead head)
    {
        store.TryFind(0, Cache.Keys.KeyHash.Of(key), key, out StoredEntry entry);
        head.Clear();
        entry.LoadHead(head);
        store.Release(0, entry);
    }
}
