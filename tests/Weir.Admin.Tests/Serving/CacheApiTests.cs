using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Weir.Admin.Tests.Metrics;

namespace Weir.Admin.Tests.Serving;

public sealed class CacheApiTests
{
    private const string OneCache = """
        caches: { default: { memory: 16MiB } }
        sites:
          "*":
            stack: [ cache, { respond: { status: 200, body: content, headers: { Cache-Control: max-age=600, Surrogate-Key: "a b" } } } ]
        """;

    [Fact]
    public async Task What_a_cache_did_is_told_by_route_and_reason()
    {
        await using RunningAdmin weir = await RunningAdmin.StartAsync(OneCache);
        await AskAsync(weir, "/x");
        await AskAsync(weir, "/x");
        await AskAsync(weir, "/y", "Authorization: Basic x");
        JsonElement cache = await CacheAsync(weir);
        cache.GetProperty("name").GetString().ShouldBe("default");
        cache.GetProperty("objects").GetInt64().ShouldBe(1);
        cache.GetProperty("requests").GetInt64().ShouldBe(3);
        cache.GetProperty("hit_ratio").GetDouble().ShouldBe(0.3333);
        cache.GetProperty("capacity_bytes").GetInt64().ShouldBe(16 << 20);
        JsonElement route = cache.GetProperty("routes")[0];
        route.GetProperty("site").GetString().ShouldBe("*");
        route.GetProperty("outcomes").GetProperty("hit").GetInt64().ShouldBe(1);
        route.GetProperty("forwarded").GetProperty("uri-miss").GetInt64().ShouldBe(2);
        route.GetProperty("not_stored").GetProperty("authorization").GetInt64().ShouldBe(1);
        PrometheusText page = PrometheusText.Read(await weir.Tcp.GetStringAsync("/metrics"));
        page.Samples["weir_cache_objects{cache=\"default\"}"].ShouldBe(1);
        page.Samples["weir_cache_requests_total{cache=\"default\",site=\"*\",route=\"\",outcome=\"forwarded\"}"].ShouldBe(2);
        page.Samples["weir_cache_not_stored_total{cache=\"default\",site=\"*\",route=\"\",reason=\"authorization\"}"].ShouldBe(1);
    }

    [Fact]
    public async Task What_the_disk_holds_and_did_is_told_with_labels_of_the_configuration_alone()
    {
        using TemporaryFolder folder = new();
        string path = folder.Path("odd\"name");
        await using RunningAdmin weir = await RunningAdmin.StartAsync(
            OneCache.Replace("memory: 16MiB", $"memory: 16MiB, disk: {{ path: '{path}', size: 16MiB }}", StringComparison.Ordinal));
        await DiskAsync(weir, found => found.GetProperty("state").GetString() == "on");
        await AskAsync(weir, "/x");
        JsonElement disk = await DiskAsync(weir, found => found.GetProperty("objects").GetInt64() == 1);
        disk.GetProperty("path").GetString().ShouldBe(path);
        disk.GetProperty("state").GetString().ShouldBe("on");
        disk.TryGetProperty("problem", out _).ShouldBeFalse();
        disk.GetProperty("stored").GetInt64().ShouldBe(1);
        disk.GetProperty("segments").GetInt32().ShouldBe(1);
        disk.GetProperty("segment_limit").GetInt32().ShouldBe(62);
        disk.GetProperty("bytes").GetInt64().ShouldBe(256 * 1024);
        disk.GetProperty("capacity_bytes").GetInt64().ShouldBe(16 << 20);
        disk.GetProperty("load_ms").GetInt64().ShouldBeGreaterThan(0);
        disk.GetProperty("written_bytes").GetInt64().ShouldBeGreaterThan(0);
        PrometheusText page = PrometheusText.Read(await weir.Tcp.GetStringAsync("/metrics"));
        page.Samples["weir_cache_disk_objects{cache=\"default\"}"].ShouldBe(1);
        page.Samples["weir_cache_disk_state{cache=\"default\",state=\"on\"}"].ShouldBe(1);
        page.Samples["weir_cache_disk_state{cache=\"default\",state=\"off\"}"].ShouldBe(0);
        page.Samples["weir_cache_disk_dropped_total{cache=\"default\",reason=\"too-slow\"}"].ShouldBe(0);
        page.Types["weir_cache_disk_stored_total"].ShouldBe("counter");
        page.Samples.Keys.ShouldAllBe(key => !key.Contains("odd", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_directory_that_cannot_be_used_is_seen_with_the_reason()
    {
        using TemporaryFolder folder = new();
        string path = Path.GetDirectoryName(folder.Write("letter.txt", "x"))!;
        await using RunningAdmin weir = await RunningAdmin.StartAsync(
            OneCache.Replace("memory: 16MiB", $"memory: 16MiB, disk: {{ path: '{path}', size: 16MiB }}", StringComparison.Ordinal));
        await AskAsync(weir, "/x");
        JsonElement disk = await DiskAsync(weir, found => found.GetProperty("state").GetString() == "off");
        disk.GetProperty("problem").GetString().ShouldBe(
            "it holds letter.txt, which is no part of a cache. Name an empty directory, or one that does not exist yet.");
        disk.GetProperty("segment_limit").GetInt32().ShouldBe(0);
        PrometheusText page = PrometheusText.Read(await weir.Tcp.GetStringAsync("/metrics"));
        page.Samples["weir_cache_disk_state{cache=\"default\",state=\"off\"}"].ShouldBe(1);
        page.Samples["weir_cache_purges_unwritten{cache=\"default\"}"].ShouldBe(0);
    }

    [Theory]
    [InlineData("""{"urls":["http://127.0.0.1:PORT/x"]}""", 1)]
    [InlineData("""{"urls":["127.0.0.1:PORT/x"]}""", 1)]
    [InlineData("""{"prefixes":["http://127.0.0.1:PORT/"]}""", 2)]
    [InlineData("""{"hosts":["127.0.0.1"]}""", 2)]
    [InlineData("""{"hosts":["127.0.0.1:PORT"]}""", 2)]
    [InlineData("""{"tags":["b"],"cache":"default"}""", 2)]
    [InlineData("""{"where":"path == /y and status == 200"}""", 1)]
    [InlineData("""{"all":true}""", 2)]
    [InlineData("""{"tags":["c"]}""", 0)]
    public async Task A_purge_says_what_it_would_touch_then_touches_it_and_is_in_the_audit(string order, int objects)
    {
        await using RunningAdmin weir = await RunningAdmin.StartAsync(OneCache);
        await AskAsync(weir, "/x");
        await AskAsync(weir, "/y");
        order = order.Replace("PORT", Port(weir).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        JsonElement rehearsed = await PurgeAsync(weir, order[..^1] + ",\"dry_run\":true}");
        rehearsed.GetProperty("dry_run").GetBoolean().ShouldBeTrue();
        rehearsed.GetProperty("caches")[0].GetProperty("objects").GetInt64().ShouldBe(objects);
        (await CacheAsync(weir)).GetProperty("objects").GetInt64().ShouldBe(2);

        JsonElement done = await PurgeAsync(weir, order);
        done.GetProperty("caches")[0].GetProperty("number").GetInt64().ShouldBeGreaterThan(0);
        JsonElement note = (await CacheAsync(weir)).GetProperty("purges")[0];
        note.GetProperty("who").GetString().ShouldNotBeNull().ShouldStartWith("uid ");
        weir.Events.Names.ShouldContain("cache_purged");
        await AskAsync(weir, "/x");
        await AskAsync(weir, "/y");
        JsonElement cache = await CacheAsync(weir);
        cache.GetProperty("purges")[0].GetProperty("touched").GetInt64().ShouldBe(objects);
        cache.GetProperty("routes")[0].GetProperty("outcomes").GetProperty("forwarded").GetInt64().ShouldBe(2 + objects);
    }

    [Theory]
    [InlineData("{}", "names nothing")]
    [InlineData("""{"urls":["/x"]}""", "is no URL")]
    [InlineData("""{"where":"x"}""", "is no condition")]
    [InlineData("""{"all":true,"cache":"other"}""", "no cache \\u0022other\\u0022")]
    public async Task An_order_that_makes_no_sense_is_refused(string order, string problem)
    {
        await using RunningAdmin weir = await RunningAdmin.StartAsync(OneCache);
        using StringContent content = new(order, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await weir.Unix.PostAsync("/api/v1/caches/purge", content);
        answer.StatusCode.ShouldBe(HttpStatusCode.UnprocessableEntity);
        (await answer.Content.ReadAsStringAsync()).ShouldContain(problem);
        (await CacheAsync(weir)).GetProperty("purges").GetArrayLength().ShouldBe(0);
    }

    [Fact]
    public async Task A_purge_over_tcp_needs_the_token()
    {
        await using RunningAdmin weir = await RunningAdmin.StartAsync(OneCache);
        using StringContent content = new("""{"all":true}""", Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await weir.Tcp.PostAsync("/api/v1/caches/purge", content);
        answer.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    private static async Task<JsonElement> CacheAsync(RunningAdmin weir) =>
        JsonDocument.Parse(await weir.Unix.GetStringAsync("/api/v1/caches")).RootElement.GetProperty("caches")[0];

    // The disk is written beside serving: asked until it is as expected.
    private static async Task<JsonElement> DiskAsync(RunningAdmin weir, Func<JsonElement, bool> isReached)
    {
        using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(20));
        while (true)
        {
            JsonElement disk = (await CacheAsync(weir)).GetProperty("disk");
            if (isReached(disk))
            {
                return disk;
            }

            deadline.IsCancellationRequested.ShouldBeFalse(disk.GetRawText());
        }
    }

    private static async Task<JsonElement> PurgeAsync(RunningAdmin weir, string order)
    {
        using StringContent content = new(order, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await weir.Unix.PostAsync("/api/v1/caches/purge", content);
        string text = await answer.Content.ReadAsStringAsync();
        answer.StatusCode.ShouldBe(HttpStatusCode.OK, text);
        return JsonDocument.Parse(text).RootElement;
    }

    private static int Port(RunningAdmin weir) =>
        int.Parse(weir.Host.Addresses[0][(weir.Host.Addresses[0].LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);

    private static async Task AskAsync(RunningAdmin weir, string path, string field = "X-None: 1")
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, Port(weir));
        await client.GetStream().WriteAsync(
            Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{Port(weir)}\r\nConnection: close\r\n{field}\r\n\r\n"));
        using StreamReader reader = new(client.GetStream());
        (await reader.ReadToEndAsync()).ShouldStartWith("HTTP/1.1 200");
    }
}
