using Weir.Abstractions.Modules;
using Weir.Abstractions.Options;
using Weir.Modules.Limiting;

namespace Weir.Modules.Bandwidth;

/// <summary>Makes `bandwidth`.</summary>
public sealed class BandwidthFactory : ModuleFactory<BandwidthOptions>
{
    private const string WaitsMetric = "weir_bandwidth_waits_total";

    // What one piece takes must be little beside what a client or an origin waits for.
    private const long LeastBurstOctets = 1024;

    /// <inheritdoc/>
    public override string Name => "bandwidth";

    /// <inheritdoc/>
    public override string Summary => "Bounds how many octets of content a client may have in a second, in both directions.";

    /// <inheritdoc/>
    public override IReadOnlyList<OrderHint> OrderHints { get; } =
    [
        new(OrderRelation.Above, "compress", "Below compress, bandwidth counts octets that clients never get."),
        new(OrderRelation.Above, "cache", "Below the cache, bandwidth slows the filling of the cache down, and no hit."),
    ];

    /// <inheritdoc/>
    protected override IModule? Create(BandwidthOptions options, ModuleBuilder builder)
    {
        CheckedBuilder check = new(builder);
        RequestKey? key = RequestKeyText.Read(check, "key", options.Key, options.Ipv6Prefix);
        if (options is { Request: null, Response: null })
        {
            check.Error("", "This bandwidth bounds nothing.", "Write request, response or both, as in 1MiB/s.");
        }

        if (check.HasErrors)
        {
            return null;
        }

        OctetRate? requests = Make(options.Request, "request", options, check);
        OctetRate? responses = Make(options.Response, "response", options, check);
        return new BandwidthModule(key!, requests, responses, options.After.Octets);
    }

    private static OctetRate? Make(ByteRate? rate, string direction, BandwidthOptions options, CheckedBuilder check)
    {
        if (rate is not { } given)
        {
            return null;
        }

        long burst = Math.Max(LeastBurstOctets, options.Burst?.Octets ?? given.OctetsPerSecond);
        ModuleCounter waits = check.Counter(WaitsMetric, "Pieces of content that bandwidth held back.", ("direction", direction));
        return new OctetRate(given.OctetsPerSecond, burst, options.Entries, waits);
    }
}
