using Weir.Control;
using Weir.Telemetry.Counting;

namespace Weir.Admin.Metrics;

/// <summary>What /metrics says of caches. Allocates, by the number of their routes.</summary>
internal static class CacheSeries
{
    public static void Write(MetricsText text, IReadOnlyList<CacheReport> caches)
    {
        if (caches.Count == 0)
        {
            return;
        }

        foreach (CacheMetric metric in CacheMetrics.OfCaches)
        {
            text.Write(MetricsText.Head(metric.Name, Word(metric.Kind), metric.Help));
            foreach (CacheReport cache in caches)
            {
                text.Write($"{metric.Name}{{cache=\"{MetricsText.Escape(cache.Name)}\"}} ");
                text.End(metric.Read(cache));
            }
        }

        WriteDisks(text, [.. caches.Where(cache => cache.Disk is not null)]);
        foreach (CacheRouteMetric metric in CacheMetrics.OfRoutes)
        {
            text.Write(MetricsText.Head(metric.Name, "counter", metric.Help));
            foreach (CacheReport cache in caches)
            {
                foreach (CacheRoute route in cache.Routes)
                {
                    Write(text, metric, cache, route);
                }
            }
        }
    }

    private static void WriteDisks(MetricsText text, CacheReport[] caches)
    {
        if (caches.Length == 0)
        {
            return;
        }

        foreach (CacheDiskMetric metric in CacheMetrics.OfDisks)
        {
            text.Write(MetricsText.Head(metric.Name, Word(metric.Kind), metric.Help));
            foreach (CacheReport cache in caches)
            {
                text.Write($"{metric.Name}{{cache=\"{MetricsText.Escape(cache.Name)}\"}} ");
                text.End(metric.Read(cache.Disk!));
            }
        }

        foreach (CacheDiskLabelled metric in CacheMetrics.OfDisksByWord)
        {
            text.Write(MetricsText.Head(metric.Name, Word(metric.Kind), metric.Help));
            foreach ((CacheReport cache, string word) in caches.SelectMany(cache => metric.Words.Select(word => (cache, word))))
            {
                text.Write($"{metric.Name}{{cache=\"{MetricsText.Escape(cache.Name)}\",{metric.Label}=\"{word}\"}} ");
                text.End(metric.Read(cache.Disk!, word));
            }
        }
    }

    private static string Word(CounterKind kind) => kind == CounterKind.Gauge ? "gauge" : "counter";

    private static void Write(MetricsText text, CacheRouteMetric metric, CacheReport cache, CacheRoute route)
    {
        string labels = $"cache=\"{MetricsText.Escape(cache.Name)}\",site=\"{MetricsText.Escape(route.Site)}\",route=\"{MetricsText.Escape(route.Route)}\"";
        foreach ((string reason, long count) in metric.Read(route))
        {
            text.Write($"{metric.Name}{{{labels},{metric.Label}=\"{reason}\"}} ");
            text.End(count);
        }
    }
}
