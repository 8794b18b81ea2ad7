using Weir.Cache.Disk;
using Weir.Cache.Keys;
using Weir.Cache.Stores;
using Weir.Cache.Tests.Freshness;
using Weir.Cache.Tests.Stores;

namespace Weir.Cache.Tests.Disk;

public sealed class DiskTierTests
{
    [Fact]
    public void What_memory_lost_is_brought_back_with_its_head()
    {
        using TestTier tier = new();
        tier.Put(1, 5000, seed: 7);
        tier.Settle();
        tier.ForgetMemory();
        LoopRunner.Run(async () =>
        {
            (await tier.GetAsync(1)).ShouldBe(7);
            (await tier.GetAsync(2)).ShouldBe(-1);
        });
        tier.Store.TryFind(0, Sample.Hash(1), Sample.Key(1), out StoredEntry entry).ShouldBeTrue();
        Weir.Abstractions.Heads.ResponseHead head = new();
        entry.LoadHead(head);
        head.Fields.GetText("etag"u8).ShouldBe("\"a\"");
        head.Fields.Has(Weir.Abstractions.Heads.KnownField.ContentType).ShouldBeTrue();
        entry.KeepUntilSeconds.ShouldBe(Fields.Now + 60);
        entry.DateSeconds.ShouldBe(Fields.Now);
        tier.Store.Release(0, entry);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void The_next_process_finds_it_and_the_newest_wins(bool crashes)
    {
        TestTier first = new();
        for (int i = 0; i < 50; i++)
        {
            // One by one: keys that share a stamp may cost each other the way to the disk while they are queued.
            first.Put(i, 1000 + i, seed: 1);
            first.Settle();
        }

        first.Put(3, 2000, seed: 2);
        first.Put(4, 600_000, seed: 2);
        first.Remove(5);
        first.Settle();
        using TestTier second = first.Restart(crashes);
        File.Exists(Path.Combine(second.Path, "snapshot")).ShouldBeFalse();
        LoopRunner.Run(async () =>
        {
            for (int i = 0; i < 50; i++)
            {
                (await second.GetAsync(i)).ShouldBe(i is 3 or 4 ? 2 : i == 5 ? -1 : 1, $"object {i}");
            }
        });
        second.Tier.Statistics.Corrupt.ShouldBe(0);
    }

    [Fact]
    public void A_restart_goes_on_with_the_segment_that_was_begun()
    {
        TestTier tier = new();
        tier.Put(1, 1000);
        tier.Settle();
        for (int round = 0; round < 40; round++)
        {
            tier = tier.Restart(crashes: round % 2 == 0);
            tier.Put(100 + round, 500, seed: round);
            tier.Settle();
        }

        LoopRunner.Run(async () =>
        {
            tier.ForgetMemory();
            (await tier.GetAsync(1)).ShouldBe(0);
            (await tier.GetAsync(100)).ShouldBe(0);
            (await tier.GetAsync(139)).ShouldBe(39);
        });
        tier.Tier.Statistics.UsedOctets.ShouldBe(256 * 1024);
        tier.Dispose();
    }

    [Fact]
    public void It_keeps_to_its_size_and_serves_nothing_wrong_while_it_goes_round()
    {
        using TestTier tier = new();
        LoopRunner.Run(async () =>
        {
            Random random = new(20261121);
            Dictionary<int, int> newest = [];
            for (int i = 0; i < 3000; i++)
            {
                int number = random.Next(400);
                newest[number] = i;
                tier.Put(number, random.Next(100, i % 50 == 0 ? 700_000 : 20_000), seed: i);
                if (i % 16 == 0)
                {
                    tier.Settle();
                }

                if (i % 10 == 0)
                {
                    tier.ForgetMemory();
                    int asked = random.Next(400);
                    int seed = await tier.GetAsync(asked);
                    (seed == -1 || seed == newest[asked]).ShouldBeTrue($"object {asked} at {i}: {seed}");
                }
            }
        });
        tier.Settle();
        tier.DirectoryOctets().ShouldBeLessThanOrEqualTo(TestTier.Octets);
        DiskStatistics statistics = tier.Tier.Statistics;
        statistics.Corrupt.ShouldBe(0);
        statistics.Evicted.ShouldBeGreaterThan(0);
        statistics.WrittenOctets.ShouldBeGreaterThan(TestTier.Octets * 2);
    }

    [Fact]
    public void A_body_is_what_it_was_though_others_are_saved_in_the_middle_of_its_writing()
    {
        using TestTier tier = new();
        LoopRunner.Run(async () =>
        {
            for (int i = 0; i < 60; i++)
            {
                // Each is more than a segment has left, and is used: what goes is saved while the next one is written.
                tier.Put(i, 700_000, seed: i);
                tier.Settle();
                tier.ForgetMemory();
                for (int asked = Math.Max(i - 4, 0); asked <= i; asked++)
                {
                    (await tier.GetAsync(asked)).ShouldBeOneOf(asked, -1);
                    tier.ForgetMemory();
                }
            }
        });
        tier.Tier.Statistics.SavedOctets.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void What_is_read_survives_what_is_not()
    {
        using TestTier tier = new();
        tier.Put(1, 3000, seed: 5);
        tier.Put(2, 400_000, seed: 5);
        tier.Put(3, 3000, seed: 5);
        tier.Settle();
        LoopRunner.Run(async () =>
        {
            for (int i = 10; i < 500; i++)
            {
                tier.ForgetMemory();
                (await tier.GetAsync(1)).ShouldBe(5, $"after {i}");
                tier.Put(i, 50_000);
                tier.Settle();
            }

            tier.ForgetMemory();
            (await tier.GetAsync(3)).ShouldBe(-1);
        });
        tier.Tier.Statistics.SavedOctets.ShouldBeGreaterThan(0);
        tier.Tier.Statistics.SavedOctets.ShouldBeLessThan(tier.Tier.Statistics.WrittenOctets / 2);
    }

    [Theory]
    [InlineData("goes on")]
    [InlineData("stops")]
    [InlineData("crashes")]
    public void A_body_in_two_segments_survives_while_it_is_read(string what)
    {
        TestTier tier = new();
        try
        {
            // Three runs each: the second one does not fit the first segment, but a part of it does.
            tier.Put(0, 150_000);
            tier.Put(1, 150_000);
            tier.Settle();
            ulong tag = KeyHash.Of(Sample.Key(1), tier.Tier.Volume!.Seed).Low;
            Slots(tier).Single(slot => slot.OldestPart >= 0).Tag.ShouldBe(tag);
            if (what != "goes on")
            {
                tier = tier.Restart(crashes: what == "crashes");
                Slots(tier).Single(slot => slot.OldestPart >= 0).Tag.ShouldBe(tag, "a restart knows it too");
            }

            // Three times what the disk has room for.
            LoopRunner.Run(async () =>
            {
                for (int i = 0; i < 200; i++)
                {
                    tier.Put(1000 + i, 60_000);
                    tier.Settle();
                    tier.ForgetMemory();
                    (await tier.GetAsync(1)).ShouldBe(0, $"after {i}");
                }
            });
            tier.Tier.Statistics.SavedOctets.ShouldBeLessThan(tier.Tier.Statistics.WrittenOctets / 2);
        }
        finally
        {
            tier.Dispose();
        }
    }

    [Fact]
    public void What_is_popular_in_memory_survives_though_nobody_reads_it_from_the_disk()
    {
        using TestTier tier = new(starts: false);
        byte[] popular = Sample.Key(1);
        tier.Tier.IsPopular = key => key.AsSpan().SequenceEqual(popular);
        tier.Tier.Start(TestTier.Octets, 1);
        tier.Settle();
        tier.Put(1, 3000, seed: 5);
        for (int i = 10; i < 300; i++)
        {
            tier.Put(i, 50_000);
            tier.Settle();
        }

        tier.ForgetMemory();
        LoopRunner.Run(async () => (await tier.GetAsync(1)).ShouldBe(5));
    }

    [Fact]
    public void A_range_of_a_large_body_costs_the_blocks_it_touches()
    {
        using TestTier tier = new(64 << 20);
        byte[] key = Sample.Key(1);
        byte[] body = Sample.Body(1, 5_000_000, 3);
        LoopRunner.Run(async () =>
        {
            LargeWrite large = tier.Tier.BeginLarge(long.MaxValue).ShouldNotBeNull();
            for (int at = 0; at < body.Length; at += 77_777)
            {
                large.TryAppend(body.AsSpan(at, Math.Min(77_777, body.Length - at))).ShouldBeTrue();
            }

            (await large.EndAsync(key, Sample.Record())).ShouldBeTrue();
            large.Release();
            (await tier.GetAsync(1)).ShouldBe(3);
            tier.Store.TryFind(0, Sample.Hash(1), key, out StoredEntry entry).ShouldBeTrue();
            entry.IsBodyElsewhere.ShouldBeTrue();
            foreach ((int start, int length) in new[] { (0, 1), (65_531, 2), (65_532, 65_532), (1_048_511, 2), (4_999_999, 1), (2_000_000, 1_500_000) })
            {
                byte[]? part = await tier.ReadAsync(key, entry.Generation, body.Length, start, length);
                part.ShouldNotBeNull().AsSpan().SequenceEqual(body.AsSpan(start, length)).ShouldBeTrue($"{start} and {length}");
            }

            (await tier.ReadAsync(key, entry.Generation + 2, body.Length)).ShouldBeNull();
            tier.Store.Release(0, entry);
        });
    }

    [Fact]
    public void A_validation_gives_a_large_body_another_head()
    {
        TestTier first = new();
        first.Put(1, 400_000, seed: 9);
        first.Settle();
        first.ForgetMemory();
        byte[] key = Sample.Key(1);
        LoopRunner.Run(async () =>
        {
            (await first.GetAsync(1)).ShouldBe(9);
            first.Store.TryFind(0, Sample.Hash(1), key, out StoredEntry entry).ShouldBeTrue();
            first.Store.Refresh(entry, key, Sample.Record("ETag: \"b\"")).ShouldBeTrue();
            first.Store.Release(0, entry);
            first.Tier.Refreshed(first.Store, Sample.Hash(1), key);
        });
        first.Settle();
        using TestTier second = first.Restart();
        LoopRunner.Run(async () => (await second.GetAsync(1)).ShouldBe(9));
        second.Store.TryFind(0, Sample.Hash(1), key, out StoredEntry found).ShouldBeTrue();
        Weir.Abstractions.Heads.ResponseHead head = new();
        found.LoadHead(head);
        head.Fields.GetText("etag"u8).ShouldBe("\"b\"");
        second.Store.Release(0, found);
    }

    [Fact]
    public void A_slice_comes_into_memory_whole()
    {
        using TestTier tier = new();
        byte[] key = Sample.Key(1);
        byte[] body = Sample.Body(1, 700_000, 8);
        DiskChange change = tier.Tier.Change(key);
        CollectedBody collected = new(tier.Store, new TestLoop(), long.MaxValue);
        collected.TryAppend(body).ShouldBeTrue();
        NewRecord slice = new() { Kind = RecordKind.Slice, Generation = 77, Status = 206, ModifiedSeconds = 5, KeepUntilSeconds = Fields.Now + 60 };
        tier.Store.Insert(Sample.Hash(1), key, slice, collected).ShouldBeTrue();
        collected.Release();
        tier.Tier.Stored(change, tier.Store, Sample.Hash(1), key);
        tier.Settle();
        tier.ForgetMemory();
        LoopRunner.Run(async () => (await tier.GetAsync(1)).ShouldBe(8));
        tier.Store.TryFind(0, Sample.Hash(1), key, out StoredEntry entry).ShouldBeTrue();
        (entry.IsBodyElsewhere, entry.Kind, entry.Generation, entry.ModifiedSeconds).ShouldBe((false, RecordKind.Slice, 77UL, 5L));
        tier.Store.Release(0, entry);
    }

    [Fact]
    public void What_changes_while_it_is_read_does_not_come_back()
    {
        using TestTier tier = new();
        tier.Put(1, 1000, seed: 1);
        tier.Settle();
        tier.ForgetMemory();
        byte[] key = Sample.Key(1);
        LoopRunner.Run(async () =>
        {
            tier.Files.HoldReads();
            ValueTask<DiskLoad> load = tier.Tier.LoadAsync(tier.Store, Sample.Hash(1), key);
            tier.Remove(1);
            tier.Files.GoOn();
            (await load).ShouldBe(DiskLoad.Missing);
        });
        Sample.Has(tier.Store, 1).ShouldBeFalse();
        tier.Settle();
        tier.Tier.MayHave(key, Fields.Now).ShouldBeFalse();
    }

    [Fact]
    public void What_is_removed_while_it_waits_to_be_written_is_not_found()
    {
        using TestTier tier = new();
        tier.Files.HoldWrites();
        tier.Put(1, 1000, seed: 1);
        tier.Put(2, 1000, seed: 1);
        tier.Remove(1);
        tier.Files.GoOn();
        tier.Settle();
        tier.Tier.MayHave(Sample.Key(1), Fields.Now).ShouldBeFalse();
        tier.Tier.MayHave(Sample.Key(2), Fields.Now).ShouldBeTrue();
    }

    [Fact]
    public void All_that_ask_at_once_wait_for_one_read()
    {
        using TestTier tier = new();
        tier.Put(1, 1000, seed: 1);
        tier.Settle();
        tier.ForgetMemory();
        LoopRunner.Run(async () =>
        {
            tier.Files.HoldReads();
            ValueTask<DiskLoad>[] loads = [.. Enumerable.Range(0, 100).Select(_ => tier.Tier.LoadAsync(tier.Store, Sample.Hash(1), Sample.Key(1)))];
            tier.Files.GoOn();
            foreach (ValueTask<DiskLoad> load in loads)
            {
                (await load).ShouldBe(DiskLoad.InMemory);
            }
        });
        tier.Tier.Statistics.Hits.ShouldBe(1);
    }

    [Fact]
    public void A_writer_that_lags_drops_and_holds_nobody_up()
    {
        using TestTier tier = new();
        tier.Put(0, 100);
        tier.Settle();
        tier.Files.HoldWrites();
        byte[] key = Sample.Key(0);
        for (int i = 0; i < 40_000; i++)
        {
            tier.Tier.Stored(tier.Tier.Change(key), tier.Store, Sample.Hash(0), key);
        }

        tier.Tier.Statistics.Dropped[DiskDrop.TooSlow].ShouldBeGreaterThan(10_000);
        LargeWrite large = tier.Tier.BeginLarge(long.MaxValue).ShouldNotBeNull();
        byte[] part = new byte[1 << 20];
        bool isGivenUp = false;
        for (int i = 0; i < 100 && !isGivenUp; i++)
        {
            isGivenUp = !large.TryAppend(part);
        }

        isGivenUp.ShouldBeTrue();
        large.Release();
        tier.Files.GoOn();
        tier.Settle();
        tier.Tier.State.ShouldBe(DiskState.On);
    }

    [Fact]
    public void A_slow_reader_keeps_its_body()
    {
        using TestTier tier = new();
        tier.Put(1, 600_000, seed: 4);
        tier.Settle();
        tier.ForgetMemory();
        byte[] key = Sample.Key(1);
        LoopRunner.Run(async () =>
        {
            (await tier.GetAsync(1)).ShouldBe(4);
            tier.Store.TryFind(0, Sample.Hash(1), key, out StoredEntry entry).ShouldBeTrue();
            DiskObject opened = (await tier.Tier.OpenAsync(key, entry.Generation, entry.BodyOctets)).ShouldNotBeNull();
            long octets = entry.BodyOctets;
            tier.Store.Release(0, entry);
            for (int i = 10; i < 400; i++)
            {
                tier.Put(i, 50_000);
                tier.Settle();
            }

            TestLoop loop = new();
            DiskBody body = new(opened, loop, 0, octets);
            MemoryStream content = new();
            while (true)
            {
                Weir.Abstractions.Bodies.BodyRead read = await body.ReadAsync();
                read.Error.ShouldBeNull();
                content.Write(read.Data.Span);
                if (read.IsEnd)
                {
                    break;
                }
            }

            body.Close();
            TestTier.SeedOf(1, content.ToArray()).ShouldBe(4);
        });
        tier.DirectoryOctets().ShouldBeLessThanOrEqualTo(TestTier.Octets);
    }

    [Fact]
    public void Slow_readers_keep_a_quarter_of_the_directory_at_most()
    {
        const int Readers = 10;
        using TestTier tier = new();
        for (int i = 0; i < Readers; i++)
        {
            tier.Put(i, 200_000, seed: i);
            tier.Settle();
        }

        tier.ForgetMemory();
        LoopRunner.Run(async () =>
        {
            List<DiskObject> opened = [];
            for (int i = 0; i < Readers; i++)
            {
                (await tier.GetAsync(i)).ShouldBe(i);
                tier.Store.TryFind(0, Sample.Hash(i), Sample.Key(i), out StoredEntry entry).ShouldBeTrue();
                opened.Add((await tier.Tier.OpenAsync(Sample.Key(i), entry.Generation, entry.BodyOctets)).ShouldNotBeNull());
                tier.Store.Release(0, entry);
            }

            int limit = tier.Tier.Statistics.SegmentLimit;
            for (int i = 100; i < 300; i++)
            {
                tier.Put(i, 50_000);
                tier.Settle();
                tier.Tier.Volume!.Segments.Count(segment => segment is { Sequence: 0, IsPinned: true })
                    .ShouldBeLessThanOrEqualTo(limit / 4);
            }

            // Then nothing is written any more, and what is there stays.
            tier.Tier.Statistics.Dropped[DiskDrop.NoPlace].ShouldBeGreaterThan(0);
            tier.Tier.State.ShouldBe(DiskState.On);
            tier.ForgetMemory();
            int found = 0;
            for (int i = 100; i < 300; i++)
            {
                found += await tier.GetAsync(i) == -1 ? 0 : 1;
            }

            found.ShouldBeGreaterThan(10);
            for (int i = 0; i < Readers; i++)
            {
                TestTier.SeedOf(i, (await TestTier.ReadAsync(opened[i], 0, 200_000)).ShouldNotBeNull()).ShouldBe(i);
            }

            long dropped = tier.Tier.Statistics.Dropped[DiskDrop.NoPlace];
            for (int i = 300; i < 400; i++)
            {
                tier.Put(i, 50_000, seed: i);
                tier.Settle();
            }

            tier.Tier.Statistics.Dropped[DiskDrop.NoPlace].ShouldBe(dropped, "they are gone, and it is written again");
            tier.ForgetMemory();
            (await tier.GetAsync(399)).ShouldBe(399);
        });
        tier.DirectoryOctets().ShouldBeLessThanOrEqualTo(TestTier.Octets);
    }

    [Fact]
    public void Being_written_makes_nothing_popular()
    {
        using TestTier tier = new();
        tier.Put(1, 3000);
        tier.Put(2, 300_000);
        tier.Settle();
        tier.Tier.Statistics.Stored.ShouldBe(2);
        tier.Store.IsPopular(Sample.Hash(1), Sample.Key(1)).ShouldBeFalse();
        tier.Store.IsPopular(Sample.Hash(2), Sample.Key(2)).ShouldBeFalse();
        tier.Store.TryFind(0, Sample.Hash(1), Sample.Key(1), out StoredEntry entry).ShouldBeTrue();
        tier.Store.Release(0, entry);
        tier.Store.IsPopular(Sample.Hash(1), Sample.Key(1)).ShouldBeTrue();
    }

    [Fact]
    public void Another_size_applies_at_once()
    {
        using TestTier tier = new();
        for (int i = 0; i < 200; i++)
        {
            tier.Put(i, 20_000);
            tier.Settle();
        }

        tier.Tier.Start(1 << 20, 1);
        SpinWait.SpinUntil(() => tier.DirectoryOctets() <= 1 << 20, TimeSpan.FromSeconds(20)).ShouldBeTrue();
        tier.Tier.Start(8 << 20, 1);
        for (int i = 0; i < 300; i++)
        {
            tier.Put(i, 20_000);
            tier.Settle();
        }

        tier.ForgetMemory();
        LoopRunner.Run(async () => (await tier.GetAsync(10)).ShouldBe(0));
        tier.DirectoryOctets().ShouldBeGreaterThan(5 << 20);
    }

    [Fact]
    public void The_index_takes_at_most_64_octets_for_an_object()
    {
        DiskIndex index = new(1_000_000);
        Random random = new(5);
        for (int i = 0; i < 300_000; i++)
        {
            EntryHeader header = new() { Low = (ulong)random.NextInt64() << 1 ^ (ulong)i, TotalOctets = 100 };
            index.TryAdd(DiskSlot.Of(header, segment: 0, place: 0));
            if (i > 10_000 && i % 1000 == 0)
            {
                ((double)index.MemoryOctets / index.Count).ShouldBeLessThanOrEqualTo(64);
            }
        }
    }

    private static List<DiskSlot> Slots(TestTier tier)
    {
        List<DiskSlot> slots = [];
        for (int part = 0; part < tier.Tier.Index.PartCount; part++)
        {
            tier.Tier.Index.CopyPart(part, slots);
        }

        return slots;
    }
}
