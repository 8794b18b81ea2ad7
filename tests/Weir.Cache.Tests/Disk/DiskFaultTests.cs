using Weir.Cache.Disk;
using Weir.Cache.Stores;
using Weir.Cache.Tests.Freshness;
using Weir.Cache.Tests.Stores;

namespace Weir.Cache.Tests.Disk;

/// <summary>What a disk does to a tier: never a wrong octet, never a request that waits for it.</summary>
public sealed class DiskFaultTests
{
    private const string Segment = "segment-00000";

    [Fact]
    public void A_flipped_bit_is_a_miss_wherever_it_is()
    {
        using TestTier first = new(1 << 20);
        first.Put(1, 200, seed: 3);
        first.Settle();
        first.Files.Crash();
        first.Tier.Dispose();
        string path = Path.Combine(first.Path, Segment);
        byte[] whole = File.ReadAllBytes(path);
        int end = Array.FindLastIndex(whole, octet => octet != 0) + 1;
        end.ShouldBeInRange(400, 800);
        int misses = 0;
        for (int at = 0; at < end; at++)
        {
            byte[] flipped = [.. whole];
            flipped[at] ^= (byte)(1 << (at % 8));
            misses += SeedAfter(first.Path, path, flipped) == -1 ? 1 : 0;
        }

        // What is left over of the segment's header, and what pads a record to its alignment, is nobody's.
        misses.ShouldBeGreaterThan(end - 48);
    }

    [Fact]
    public void A_torn_tail_loses_what_was_torn_and_nothing_else()
    {
        using TestTier first = new(1 << 20);
        first.Put(1, 200, seed: 1);
        first.Settle();
        first.Put(2, 200, seed: 2);
        first.Settle();
        first.Files.Crash();
        first.Tier.Dispose();
        string path = Path.Combine(first.Path, Segment);
        byte[] whole = File.ReadAllBytes(path);
        int end = Array.FindLastIndex(whole, octet => octet != 0) + 1;
        for (int left = end - 1; left > end - 420; left -= 7)
        {
            byte[] torn = [.. whole];
            torn.AsSpan(left).Clear();
            int seed = SeedAfter(first.Path, path, torn, 2);
            seed.ShouldBe(-1, $"{left} octets");
            SeedAfter(first.Path, path, torn, 1).ShouldBe(1, $"{left} octets");
        }
    }

    [Fact]
    public void A_torn_write_is_a_miss_and_the_log_goes_on_behind_it()
    {
        TestTier first = new();
        first.Put(1, 1000, seed: 1);
        first.Settle();
        first.Files.WritableOctets = 700;
        first.Put(2, 1000, seed: 2);
        first.Settle();
        using TestTier second = first.Restart(crashes: true);
        second.Put(3, 1000, seed: 3);
        second.Settle();
        second.ForgetMemory();
        LoopRunner.Run(async () =>
        {
            (await second.GetAsync(1)).ShouldBe(1);
            (await second.GetAsync(2)).ShouldBe(-1);
            (await second.GetAsync(3)).ShouldBe(3);
        });
        using TestTier third = second.Restart(crashes: true);
        LoopRunner.Run(async () =>
        {
            (await third.GetAsync(1)).ShouldBe(1);
            (await third.GetAsync(2)).ShouldBe(-1);
            (await third.GetAsync(3)).ShouldBe(3);
        });
    }

    [Fact]
    public void A_damaged_block_ends_a_body_before_it_is_sent()
    {
        using TestTier tier = new();
        tier.Put(1, 700_000, seed: 6);
        tier.Settle();
        tier.ForgetMemory();
        byte[] key = Sample.Key(1);
        LoopRunner.Run(async () =>
        {
            (await tier.GetAsync(1)).ShouldBe(6);

            // The parts lie three to a segment: this is in the fifth.
            Damage(Path.Combine(tier.Path, "segment-00001"), 100_000);
            tier.Store.TryFind(0, Sample.Hash(1), key, out StoredEntry entry).ShouldBeTrue();
            (ulong generation, long octets) = (entry.Generation, entry.BodyOctets);
            tier.Store.Release(0, entry);
            (await tier.ReadAsync(key, generation, octets, 0, 200_000)).ShouldNotBeNull();
            (await tier.ReadAsync(key, generation, octets)).ShouldBeNull();
            (await tier.ReadAsync(key, generation, octets, 0, 10)).ShouldBeNull();
        });
        tier.Tier.Statistics.Corrupt.ShouldBe(1);
        tier.Tier.MayHave(key, Fields.Now).ShouldBeFalse();
    }

    [Fact]
    public void Short_reads_are_read_on()
    {
        using TestTier tier = new();
        tier.Put(1, 5000, seed: 6);
        tier.Put(2, 300_000, seed: 6);
        tier.Settle();
        tier.ForgetMemory();
        tier.Files.MostRead = 100;
        LoopRunner.Run(async () =>
        {
            (await tier.GetAsync(1)).ShouldBe(6);
            (await tier.GetAsync(2)).ShouldBe(6);
        });
    }

    [Fact]
    public void A_full_disk_turns_the_tier_off_with_one_message_and_on_again()
    {
        using TestTier tier = new();
        tier.Put(1, 1000, seed: 1);
        tier.Put(2, 1000, seed: 1);
        tier.Settle();
        tier.Files.WriteFault = FaultyFiles.NoSpace;
        tier.Put(3, 1000, seed: 1);
        tier.WaitFor(DiskState.Off);
        tier.Put(4, 1000, seed: 1);
        tier.Remove(2);
        LoopRunner.Run(async () => (await tier.GetAsync(1)).ShouldBe(-1));
        SpinWait.SpinUntil(() => tier.Files.Opened > 3, TimeSpan.FromSeconds(20)).ShouldBeTrue();
        tier.Files.WriteFault = null;
        tier.WaitFor(DiskState.On);
        tier.Settle();
        tier.Events.ShouldBe(["off: the disk is full. Free room on it, or lower caches.NAME.disk.size.", "on"]);
        tier.ForgetMemory();
        LoopRunner.Run(async () =>
        {
            (await tier.GetAsync(1)).ShouldBe(1);
            (await tier.GetAsync(2)).ShouldBe(-1, "it was removed while the tier was off");
        });
        using TestTier next = tier.Restart(crashes: true);
        LoopRunner.Run(async () =>
        {
            (await next.GetAsync(1)).ShouldBe(1);
            (await next.GetAsync(2)).ShouldBe(-1);
        });
    }

    [Fact]
    public void Whichever_write_fails_the_tier_is_off_until_it_has_looked_again()
    {
        using TestTier tier = new();
        tier.Tier.RetryMs = 1;
        int failed = 0;
        LoopRunner.Run(async () =>
        {
            for (int i = 0; i < 240; i++)
            {
                // Some are read again and again, so that there is something to save whenever a segment is full.
                int number = i % 40;
                bool fails = i > 80 && i % 6 == 0;
                tier.Files.FailAt = fails ? tier.Files.Operations + (i / 6 % 5) : int.MaxValue;
                tier.Put(number, number < 5 ? 100_000 : 30_000, seed: i);
                tier.Put(number + 100, 90_000, seed: i);
                tier.Settle();
                if (tier.Files.Operations > tier.Files.FailAt)
                {
                    failed++;
                    SpinWait.SpinUntil(() => tier.Events.Count == 2 * failed, TimeSpan.FromSeconds(20)).ShouldBeTrue($"{failed} at {i}");
                    tier.WaitFor(DiskState.On);
                    tier.Settle();
                }

                tier.ForgetMemory();
                for (int asked = 0; asked < 5; asked++)
                {
                    int seed = await tier.GetAsync(asked);
                    (seed == -1 || (seed % 40 == asked && seed > i - 40)).ShouldBeTrue($"object {asked} at {i}: {seed}");
                    tier.ForgetMemory();
                }
            }
        });
        failed.ShouldBeGreaterThan(10);
        tier.Tier.Statistics.SavedOctets.ShouldBeGreaterThan(0);
    }

    [Fact]
    public void A_disk_that_cannot_be_read_is_given_up()
    {
        using TestTier tier = new();
        for (int i = 0; i < 40; i++)
        {
            tier.Put(i, 1000);
        }

        tier.Settle();
        tier.ForgetMemory();
        tier.Files.ReadFault = FaultyFiles.Broken;
        LoopRunner.Run(async () =>
        {
            for (int i = 0; i < 40; i++)
            {
                (await tier.GetAsync(i)).ShouldBe(-1);
            }
        });
        tier.WaitFor(DiskState.Off);
        SpinWait.SpinUntil(() => tier.Events.Count > 0, TimeSpan.FromSeconds(20)).ShouldBeTrue("it is told of behind the change");
        tier.Events.Count.ShouldBe(1);
        tier.Tier.Statistics.ReadFailures.ShouldBeGreaterThanOrEqualTo(16);
    }

    [Fact]
    public void Two_processes_do_not_share_a_directory()
    {
        TestTier first = new();
        first.Put(1, 1000, seed: 1);
        first.Settle();
        using TestTier second = new(TestTier.Octets, first.Path, starts: false);
        second.Tier.Start(TestTier.Octets, 1);
        second.WaitFor(DiskState.Off);
        second.Events.ShouldBe(
            ["off: another process uses it. It is taken over once that process has ended. Two that are to run on need a directory each."]);
        second.Remove(1);
        first.Tier.Dispose();
        second.WaitFor(DiskState.On);
        second.Settle();
        second.Tier.MayHave(Sample.Key(1), Fields.Now).ShouldBeFalse("it was removed while the other process had the directory");
    }

    [Theory]
    [InlineData("readme.txt", "hello", "it holds readme.txt, which is no part of a cache")]
    [InlineData("format", "weir cache on disk\nversion 2\nsomething new\n", "another version of Weir made it (format 2)")]
    [InlineData("format", "what is this", "its file \"format\" cannot be read")]
    public void What_is_not_its_own_is_left_alone(string name, string content, string reason)
    {
        using TestTier tier = new(starts: false);
        Directory.CreateDirectory(tier.Path);
        File.WriteAllText(Path.Combine(tier.Path, name), content);
        File.WriteAllText(Path.Combine(tier.Path, Segment), "precious");
        tier.Tier.Start(TestTier.Octets, 1);
        tier.WaitFor(DiskState.Off);
        SpinWait.SpinUntil(() => tier.Events.Count > 0, TimeSpan.FromSeconds(20)).ShouldBeTrue();
        tier.Events[0].ShouldStartWith($"off: {reason}. ");
        File.ReadAllText(Path.Combine(tier.Path, name)).ShouldBe(content);
        File.ReadAllText(Path.Combine(tier.Path, Segment)).ShouldBe("precious");
    }

    [Fact]
    public void Nobody_else_may_read_it()
    {
        using TestTier tier = new();
        tier.Put(1, 1000);
        tier.Settle();
        new DirectoryInfo(tier.Path).UnixFileMode.ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        foreach (FileInfo file in new DirectoryInfo(tier.Path).EnumerateFiles())
        {
            file.UnixFileMode.ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite, file.Name);
        }
    }

    [Fact]
    public void A_snapshot_that_does_not_fit_the_log_is_not_believed()
    {
        TestTier first = new();
        first.Put(1, 1000, seed: 1);
        first.Settle();
        first.Tier.Dispose();
        byte[] old = File.ReadAllBytes(Path.Combine(first.Path, "snapshot"));
        TestTier second = new(TestTier.Octets, first.Path);
        for (int i = 0; i < 200; i++)
        {
            second.Put(i, 50_000, seed: 2);
            second.Settle();
        }

        second.Files.Crash();
        second.Tier.Dispose();
        File.WriteAllBytes(Path.Combine(first.Path, "snapshot"), old);
        using TestTier third = new(TestTier.Octets, first.Path);
        LoopRunner.Run(async () =>
        {
            (await third.GetAsync(1)).ShouldBe(-1);
            (await third.GetAsync(199)).ShouldBe(2);
        });
    }

    private static int SeedAfter(string directory, string path, byte[] octets, int number = 1)
    {
        File.WriteAllBytes(path, octets);
        TestTier next = new(1 << 20, directory);
        int seed = -2;
        LoopRunner.Run(async () => seed = await next.GetAsync(number));
        next.Files.Crash();
        next.Tier.Dispose();
        next.Store.Dispose();
        seed.ShouldBeOneOf(-1, number == 1 ? seed : -1, 3);
        return seed;
    }

    private static void Damage(string path, int at)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        file.Position = at;
        int octet = file.ReadByte();
        file.Position = at;
        file.WriteByte((byte)(octet ^ 0x10));
    }
}
