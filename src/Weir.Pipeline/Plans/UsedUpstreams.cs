using Weir.Abstractions.Options;
using Weir.Config.Model;
using Weir.Pipeline.Balancing;

namespace Weir.Pipeline.Plans;

/// <summary>The upstreams of one plan, and which of them something leads to.</summary>
internal sealed class UsedUpstreams
{
    private readonly Dictionary<string, UpstreamState> _upstreams = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);

    public IReadOnlyDictionary<string, UpstreamState> All => _upstreams;

    public void Add(string name, UpstreamState upstream) => _upstreams[name] = upstream;

    /// <summary>Notes a use; false when there is no upstream of that name.</summary>
    public bool Use(string name) => Find(name) is not null;

    /// <summary>The upstream, which counts as used from here on.</summary>
    public UpstreamState? Find(string name)
    {
        _used.Add(name);
        return _upstreams.GetValueOrDefault(name);
    }

    /// <summary>A warning for each upstream of the file that nothing leads to.</summary>
    public IEnumerable<ConfigError> Unused(WeirConfig config) => config.Upstreams
        .Where(upstream => !upstream.Value.IsImplicit && !_used.Contains(upstream.Key))
        .Select(upstream => new ConfigError(
            upstream.Value.Position.File ?? "", upstream.Value.Position.Line, upstream.Value.Position.Column,
            $"Nothing leads to the upstream \"{upstream.Key}\".", "Name it in a route's `to`, or remove it.", IsWarning: true));
}
