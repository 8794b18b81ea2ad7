using System.Security.Cryptography;
using Weir.Abstractions.Bodies;
using Weir.Cache.Disk;
using Weir.Cache.Keys;
using Weir.Cache.Stores;
using Weir.Cache.Tests.Freshness;
using Weir.Cache.Tests.Stores;

namespace Weir.Cache.Tests.Disk;

/// <summary>A tier in a directory of its own, with a memory above it, as one process after another would have it.</summary>
internal sealed class TestTier : IDisposable, IDiskObserver
{
    public const long Octets = 4 << 20;

    public TestTier(long octets = Octets, string? path = null, bool starts = true)
    {
        Path = path ?? System.IO.Path.Combine(
            System.IO.Path.GetTempPath(), $"weir-disk-{Convert.ToHexString(RandomNumberGenerator.GetBytes(8))}");
        Files = new FaultyFiles(Path);
        Tier = new DiskTier(new DiskSettings("test", Path), Files, this) { RetryMs = 300 };
        if (starts)
        {
            Tier.Start(octets, 1);
            Settle();
        }
    }

    public string Path { get; }

    public FaultyFiles Files { get; }

    public DiskTier Tier { get; private set; }

    public MemoryStore Store { get; private set; } = new(16 << 20, 2);

    public List<string> Events { get; } = [];

    public void OnTurnedOn(string path, long objects)
    {
        lock (Events)
        {
            Events.Add("on");
        }
    }

    public void OnTurnedOff(string path, string reason, string remedy)
    {
        lock (Events)
        {
            Events.Add($"off: {reason}. {remedy}");
        }
    }

    /// <summary>Everything is written and looked through.</summary>
    public void Settle() => Tier.WaitUntilIdle(TimeSpan.FromSeconds(20)).ShouldBeTrue("the tier does not come to rest");

    /// <summary>Waits for a state.</summary>
    public void WaitFor(DiskState state) =>
        SpinWait.SpinUntil(() => Tier.State == state, TimeSpan.FromSeconds(20)).ShouldBeTrue($"it is {Tier.State}");

    /// <summary>The next process of the same directory, with nothing in memory.</summary>
    public TestTier Restart(bool crashes = false, long octets = Octets)
    {
        if (crashes)
        {
            Files.Crash();
        }

        Tier.Dispose();
        Store.Dispose();
        return new TestTier(octets, Path);
    }

    /// <summary>Stores as the cache does: first in memory, then here.</summary>
    public void Put(int number, int octets, int seed = 0)
    {
        byte[] key = Sample.Key(number);
        DiskChange change = Tier.Change(key);
        Sample.InsertLarge(Store, number, octets, seed).ShouldBeTrue();
        Tier.Stored(change, Store, KeyHash.Of(key), key);
    }

    public void Remove(int number)
    {
        byte[] key = Sample.Key(number);
        DiskChange change = Tier.Change(key);
        Store.Remove(KeyHash.Of(key), key);
        Tier.Removed(change);
    }

    public void ForgetMemory() => Store.Clear();

    /// <summary>Asks for an object that memory does not have. The seed of its content, which is checked; -1: it is not there.</summary>
    public async Task<int> GetAsync(int number)
    {
        byte[] key = Sample.Key(number);
        KeyHash hash = KeyHash.Of(key);
        if (!Tier.MayHave(key, Fields.Now) || await Tier.LoadAsync(Store, hash, key) == DiskLoad.Missing)
        {
            return -1;
        }

        if (!Store.TryFind(0, hash, key, out StoredEntry entry))
        {
            return -1;
        }

        byte[]? body = entry.IsBodyElsewhere ? await ReadAsync(key, entry.Generation, entry.BodyOctets) : Sample.ReadBody(entry);
        Store.Release(0, entry);
        return body is null ? -1 : SeedOf(number, body);
    }

    public async Task<byte[]?> ReadAsync(byte[] key, ulong generation, long octets, long start = 0, long? length = null)
    {
        if (await Tier.OpenAsync(key, generation, octets) is not { } opened)
        {
            return null;
        }

        return await ReadAsync(opened, start, length ?? octets - start);
    }

    /// <summary>Reads a part of what is open to its end; null: an error ended it.</summary>
    public static async Task<byte[]?> ReadAsync(DiskObject opened, long start, long length)
    {
        TestLoop loop = new();
        DiskBody body = new(opened, loop, start, length);
        MemoryStream content = new();
        while (true)
        {
            BodyRead read = await body.ReadAsync();
            if (read.Error is not null)
            {
                content = null!;
                break;
            }

            content.Write(read.Data.Span);
            if (read.IsEnd)
            {
                break;
            }
        }

        body.Close();
        loop.Rented.ShouldBe(0, "buffers were not given back");
        return content?.ToArray();
    }

    public static int SeedOf(int number, byte[] body)
    {
        int seed = BitConverter.ToInt32(body, 4);
        body.AsSpan().SequenceEqual(Sample.Body(number, body.Length, seed)).ShouldBeTrue($"object {number} is not what was stored");
        return seed;
    }

    public long DirectoryOctets() => new DirectoryInfo(Path).EnumerateFiles().Sum(LengthOf);

    // A file that went meanwhile takes nothing.
    private static long LengthOf(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (FileNotFoundException)
        {
            return 0;
        }
    }

    public void Dispose()
    {
        Files.GoOn();
        Tier.Dispose();
        Store.Dispose();
        if (Directory.Exists(Path))
        {
            Directory.Delete(Path, recursive: true);
        }
    }
}
