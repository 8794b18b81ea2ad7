using Weir.Abstractions.Modules;
using Weir.Cache.Collapsing;
using Weir.Cache.Disk;
using Weir.Cache.Purging;
using Weir.Cache.Tests.Freshness;
using Weir.Cache.Tests.Stores;

namespace Weir.Cache.Tests.Disk;

/// <summary>Two processes of one directory, as at a restart that overlaps.</summary>
public sealed class CacheDiskTests : IDisposable, IDiskObserver
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-overlap").FullName;
    private readonly List<string> _told = [];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    public void OnTurnedOn(string path, long objects)
    {
        lock (_told)
        {
            _told.Add("on");
        }
    }

    public void OnTurnedOff(string path, string reason, string remedy)
    {
        lock (_told)
        {
            _told.Add(reason);
        }
    }

    [Fact]
    public async Task The_next_process_takes_the_directory_over_when_the_last_one_ends()
    {
        (CacheDisk disk, SharedCache cache) before = Start();
        WaitFor(before.disk, DiskState.On);
        for (int i = 0; i < 20; i++)
        {
            // One by one: keys that share a stamp may cost each other the way to the disk while they are queued.
            Insert(before.cache, i, i % 2 == 0 ? "even" : "odd");
            before.disk.Tier.WaitUntilIdle(TimeSpan.FromSeconds(20)).ShouldBeTrue();
        }

        (CacheDisk disk, SharedCache cache) = Start();
        WaitFor(disk, DiskState.Off);
        Insert(cache, 100, "odd");
        PurgeReceipt receipt = await cache.Desk.PurgeAsync([Purge.OfTag("even", isSoft: false)], "w", "tag even");
        receipt.IsDone.ShouldBeTrue();
        receipt.NotOnDisk.ShouldNotBeNull().ShouldContain("cannot be used now");
        before.cache.Dispose();
        before.disk.Dispose();

        WaitFor(disk, DiskState.On);
        disk.Tier.WaitUntilIdle(TimeSpan.FromSeconds(20)).ShouldBeTrue();
        (await cache.Desk.PurgeAsync([Purge.OfTag("none", isSoft: false)], "w", "tag none")).NotOnDisk.ShouldBeNull();
        for (int i = 0; i < 20; i++)
        {
            Find(cache, disk, i).ShouldBe(i % 2 == 1, $"object {i}");
        }

        disk.Tier.Statistics.Objects.ShouldBe(21, "what was stored while the directory was not there is written too");
        lock (_told)
        {
            _told.ShouldBe(["another process uses it", "on"], "one message each way");
        }

        cache.Dispose();
        disk.Dispose();
        (CacheDisk disk, SharedCache cache) after = Start();
        WaitFor(after.disk, DiskState.On);
        Find(after.cache, after.disk, 100).ShouldBeTrue();
        Find(after.cache, after.disk, 2).ShouldBeFalse("what was purged while the log was another's does not come back");
        Find(after.cache, after.disk, 3).ShouldBeTrue();
        after.cache.Dispose();
        after.disk.Dispose();
    }

    [Fact]
    public void A_directory_of_another_version_is_left_as_it_is_its_purges_too()
    {
        (CacheDisk disk, SharedCache cache) before = Start();
        WaitFor(before.disk, DiskState.On);
        before.cache.Dispose();
        before.disk.Dispose();
        string format = Path.Combine(_folder, "format");
        File.WriteAllText(format, File.ReadAllText(format).Replace("version 1", "version 2", StringComparison.Ordinal));
        File.WriteAllBytes(Path.Combine(_folder, "purges.0"), "of a form that is yet to come"u8);
        Dictionary<string, byte[]> files = Directory.GetFiles(_folder).ToDictionary(file => file, File.ReadAllBytes);
        (CacheDisk disk, SharedCache cache) = Start();
        WaitFor(disk, DiskState.Off);
        disk.Tier.Statistics.Problem.ShouldStartWith("another version of Weir made it (format 2).");
        Insert(cache, 1, "a");
        cache.Dispose();
        disk.Dispose();
        Directory.GetFiles(_folder).Order().ShouldBe(files.Keys.Order());
        foreach ((string file, byte[] octets) in files)
        {
            File.ReadAllBytes(file).ShouldBe(octets, file);
        }
    }

    private (CacheDisk Disk, SharedCache Cache) Start()
    {
        CacheDisk disk = new(new DiskSettings("test", _folder), new DiskFiles(_folder), this);
        disk.Tier.RetryMs = 300;
        CacheSettings settings = new("test", 16 << 20, 1 << 20) { DiskPath = _folder, DiskOctets = TestTier.Octets };
        SharedCache cache = new(settings, 1, disk);
        cache.Start();
        return (disk, cache);
    }

    private static void WaitFor(CacheDisk disk, DiskState state) =>
        SpinWait.SpinUntil(() => disk.Tier.State == state, TimeSpan.FromSeconds(20)).ShouldBeTrue($"it is {disk.Tier.State}");

    private static void Insert(SharedCache cache, int number, string tag) =>
        cache.Store.Insert(
            Sample.Hash(number),
            Sample.Key(number),
            Sample.Record() with { Number = cache.Purges.Last, Tags = TagFields.Read(Fields.Of($"Cache-Tag: {tag}"), cache.Purges) },
            Sample.Body(number, 600)).ShouldBeTrue();

    // On a loop's thread: what the disk's threads tell comes back to it.
    private static bool Find(SharedCache cache, CacheDisk disk, int number)
    {
        byte[] key = Sample.Key(number);
        LoopRunner.Run(async () =>
        {
            if (!Sample.Has(cache.Store, number) && disk.Tier.MayHave(key, Fields.Now))
            {
                await disk.Tier.LoadAsync(cache.Store, Sample.Hash(number), key);
            }
        });
        return Sample.Has(cache.Store, number);
    }
}
