using System.Globalization;
using System.Text;
using Weir.Cache.Collapsing;
using Weir.Cache.Disk;
using Weir.InMemory.Tests.Harness;
using Weir.Net.Memory;

namespace Weir.InMemory.Tests.Caching;

/// <summary>A proxy in memory whose cache goes on in a directory of the real disk: only what the disk's threads do is waited for.</summary>
internal sealed class DiskBed : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-disk-bed");

    public DiskBed(string options = "", string objectSize = "4MiB")
    {
        Proxy = new Proxy($$"""
            listen: [":8080"]
            caches: { default: { memory: 16MiB, object_size: {{objectSize}}, disk: { path: "{{_folder.FullName}}", size: 64MiB } } }
            sites:
              "*": { stack: [{ cache: { {{options}} } }], routes: [{ to: "http://10.0.0.1:80" }] }
            """);
        Cache = Proxy.Shared<SharedCache>().Single();
        Cache.Start();
        WaitFor(() => Disk.Statistics.State == DiskState.On, "the directory is not open");
    }

    public Proxy Proxy { get; }

    public SharedCache Cache { get; }

    public DiskTier Disk => Cache.Disk!;

    public string Folder => _folder.FullName;

    /// <summary>The origin answers with so much content, which is on the disk afterwards, and no more in memory.</summary>
    public void StoreOnDisk(string path, int octets, string fields = "")
    {
        long objects = Disk.Statistics.Objects;
        Peer client = Ask(path);
        Proxy.Origin.Last.TakeRequest();
        Proxy.Origin.Last.Answer(
            Proxy, Content(octets), ["HTTP/1.1 200 OK", "Cache-Control: max-age=600", "ETag: \"a\"", .. Fields(fields)]);
        client.TakeResponse().Body.Length.ShouldBe(octets);
        client.End();
        WaitFor(() => Disk.Statistics.Objects == objects + 1, "it is not found on the disk");
        Cache.Store.Clear();
    }

    public Peer Ask(string path, string fields = "")
    {
        Peer client = Proxy.Connect();
        client.SendHead([$"GET {path} HTTP/1.1", "Host: a.test", .. Fields(fields)]);
        return client;
    }

    /// <summary>A whole exchange.</summary>
    public Message Get(string path, string fields = "")
    {
        Peer client = Ask(path, fields);
        Message response = Response(client);
        client.End();
        return response;
    }

    /// <summary>The response that a client gets next.</summary>
    public Message Response(Peer client)
    {
        Message? response = null;
        WaitFor(
            () =>
            {
                response = client.TryTake(isResponse: true, isHead: false, out Message taken) ? taken : null;
                return response is not null;
            },
            "no response comes");
        return response!;
    }

    /// <summary>Lets the loop turn until something holds.</summary>
    public void WaitFor(Func<bool> holds, string otherwise)
    {
        long until = Environment.TickCount64 + 30_000;
        while (!holds())
        {
            (Environment.TickCount64 < until).ShouldBeTrue(otherwise);
            Proxy.Run();
            Thread.Yield();
        }
    }

    /// <summary>The same, without octets of its own: until a client got so many.</summary>
    public void WaitForOctets(MemoryConnection client, int octets)
    {
        for (long turns = 0; client.Sent.Length < octets; turns++)
        {
            (turns < 100_000_000).ShouldBeTrue();
            Proxy.Loop.RunUntilIdle();
            Thread.Yield();
        }
    }

    public static string Content(int octets)
    {
        StringBuilder text = new(octets);
        for (int i = 0; text.Length < octets; i++)
        {
            text.Append(i.ToString("x8", CultureInfo.InvariantCulture));
        }

        return text.ToString(0, octets);
    }

    public void Dispose()
    {
        Proxy.Dispose();
        Cache.Dispose();
        Proxy.Shared<CacheDisk>().Single().Dispose();
        _folder.Delete(recursive: true);
    }

    private static string[] Fields(string fields) => fields.Split('|', StringSplitOptions.RemoveEmptyEntries);
}
