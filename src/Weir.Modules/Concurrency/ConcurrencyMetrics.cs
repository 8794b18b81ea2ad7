using Weir.Abstractions.Modules;

namespace Weir.Modules.Concurrency;

/// <summary>What /metrics tells of a limit: gauges, and refusals by their reason.</summary>
internal sealed class ConcurrencyMetrics
{
    private readonly ModuleCounter[] _counters;

    public ConcurrencyMetrics(ModuleBuilder builder, string name)
    {
        _counters = [Make("key_queue_full"), Make("key_wait"), Make("total_queue_full"), Make("total_wait")];

        ModuleCounter Make(string reason) => builder.Counter(
            "weir_concurrency_refusals_total",
            "Requests that concurrency refused, by the limit and by what made waiting useless.",
            ("name", name),
            ("reason", reason));
    }

    /// <summary>What is in flight and waits, and the limit of all where there is one.</summary>
    public static void AddGauges(ModuleBuilder builder, Turnstile turnstile, string name)
    {
        Add("in_flight", "Exchanges that hold a place of a concurrency limit.", static source => source.InFlight);
        Add("waiting", "Requests that wait for a place of a concurrency limit.", static source => source.Waiting);
        if (turnstile.LimitOfAll > 0)
        {
            Add("limit", "The places of a concurrency limit in all, as set or as learnt.", static source => source.LimitOfAll);
        }

        void Add(string what, string help, Func<Turnstile, long> read) =>
            builder.Gauge(turnstile, read, "weir_concurrency_" + what, help, ("name", name));
    }

    /// <summary>Counts a refusal.</summary>
    public void Add(bool isHeldByKey, bool isFull) => _counters[(isHeldByKey ? 0 : 2) + (isFull ? 0 : 1)].Add();
}
