using System.Buffers;
using System.Text;
using Weir.Admin.Metrics;
using Weir.Admin.Tests.Serving;
using Weir.Telemetry.Counting;

namespace Weir.Admin.Tests.Metrics;

public sealed class MetricsTests
{
    private const string Odd = """
        upstreams:
          app:
            servers:
              - { url: "http://127.0.0.1:1", name: "quote\"back\\slash" }
              - http://127.0.0.1:2
        sites:
          "*": { to: app }
        """;

    [Fact]
    public async Task The_page_keeps_to_the_format_whatever_names_hold()
    {
        await using RunningAdmin weir = await RunningAdmin.StartAsync(Odd);
        using HttpResponseMessage response = await weir.Tcp.GetAsync("/metrics");

        response.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; version=0.0.4; charset=utf-8");
        PrometheusText page = PrometheusText.Read(await response.Content.ReadAsStringAsync());
        page.Samples["weir_server_requests_total{upstream=\"app\",server=\"quote\\\"back\\\\slash\"}"].ShouldBe(0);
        page.Samples["weir_server_state{upstream=\"app\",server=\"127.0.0.1:2\",state=\"ready\"}"].ShouldBe(1);
        page.Samples["weir_upstream_servers{upstream=\"app\"}"].ShouldBe(2);
        foreach (CounterDefinition counter in Counters.All)
        {
            page.Types[counter.Name].ShouldBe(counter.Kind == CounterKind.Gauge ? "gauge" : "counter");
        }
    }

    [Fact]
    public void Buckets_of_a_histogram_grow_up_to_its_count()
    {
        CounterSet counters = new(2);
        for (int i = 0; i < 1000; i++)
        {
            counters.OfLoop(i % 2).Record(TimedPhase.Total, (long)Math.Pow(1.03, i));
        }

        PrometheusText page = PrometheusText.Read(Text(text => new DurationSeries(counters).Write(text)));

        double[] buckets = [.. page.Samples.Where(sample => sample.Key.StartsWith(DurationSeries.Name + "_bucket{phase=\"total\"", StringComparison.Ordinal)).Select(sample => sample.Value)];
        buckets.Length.ShouldBe(26);
        buckets.ShouldBe(buckets.Order());
        buckets[^1].ShouldBe(1000);
        page.Samples[DurationSeries.Name + "_count{phase=\"total\"}"].ShouldBe(1000);
        page.Samples[DurationSeries.Name + "_bucket{phase=\"total\",le=\"0.000008191\"}"]
            .ShouldBe(Enumerable.Range(0, 1000).Count(i => (long)Math.Pow(1.03, i) <= 8191));
    }

    [Fact]
    public async Task A_scrape_allocates_next_to_nothing()
    {
        await using RunningAdmin weir = await RunningAdmin.StartAsync(Odd);
        CounterSeries counters = new(weir.Host.Counters);
        DurationSeries durations = new(weir.Host.Counters);
        LiveSeries live = new(weir.Host.Control);
        ArrayBufferWriter<byte> output = new(1 << 20);
        MetricsText text = new(output);
        Write();
        Write();
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 60; i++)
        {
            Write();
        }

        // A minute of one a second stays far below what makes the collector look at an old generation.
        (GC.GetAllocatedBytesForCurrentThread() - before).ShouldBeLessThan(60 * 4096);

        void Write()
        {
            output.ResetWrittenCount();
            counters.Write(text);
            durations.Write(text);
            live.Write(text);
        }
    }

    private static string Text(Action<MetricsText> write)
    {
        ArrayBufferWriter<byte> output = new();
        write(new MetricsText(output));
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
