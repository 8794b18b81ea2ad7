namespace Weir.Abstractions.Modules;

/// <summary>
/// Counts something that a module was told to count. Its labels come from the configuration, never from a request. Any loop may add.
/// </summary>
public class ModuleCounter
{
    private long _value;

    /// <param name="metric">The metric's name in Prometheus form; ends in _total.</param>
    /// <param name="help">One sentence for operators.</param>
    /// <param name="labels">What tells it apart from others of the metric.</param>
    public ModuleCounter(string metric, string help, IReadOnlyList<(string Label, string Value)> labels)
    {
        Metric = metric;
        Help = help;
        Labels = labels;
    }

    /// <summary>The metric's name.</summary>
    public string Metric { get; }

    /// <summary>One sentence for operators.</summary>
    public string Help { get; }

    /// <summary>What tells it apart.</summary>
    public IReadOnlyList<(string Label, string Value)> Labels { get; }

    /// <summary>How often it happened. Any thread.</summary>
    public virtual long Value => Volatile.Read(ref _value);

    /// <summary>Counts one.</summary>
    public void Add() => Interlocked.Increment(ref _value);
}
