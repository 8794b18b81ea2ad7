namespace Weir.Abstractions.Modules;

/// <summary>Something of a module that goes up and down, read when /metrics is asked for. It is not added to.</summary>
public sealed class ModuleGauge : ModuleCounter
{
    private readonly Func<long> _read;

    /// <param name="metric">The metric's name in Prometheus form.</param>
    /// <param name="help">One sentence for operators.</param>
    /// <param name="labels">What tells it apart from others of the metric.</param>
    /// <param name="read">The value now; any thread calls it.</param>
    public ModuleGauge(string metric, string help, IReadOnlyList<(string Label, string Value)> labels, Func<long> read)
        : base(metric, help, labels) => _read = read;

    /// <inheritdoc/>
    public override long Value => _read();
}
