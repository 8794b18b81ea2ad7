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
            text.Write(MetricsText.Head(metric.Name, metric.Kind == CounterKind.Gauge ? "gauge" : "counter", metric.Help));
            foreach (CacheReport cache in caches)
            {
                text.Write($"{metric.Name}{{cache=\"{MetricsText.Escape(cache.Name)}\"}} ");
                text.End(metric.Read(cache));
            }
        }

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
