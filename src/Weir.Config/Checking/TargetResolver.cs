using Weir.Abstractions.Options;
using Weir.Config.Model;
using Weir.Config.Yaml;

namespace Weir.Config.Checking;

/// <summary>Finds the upstream that a destination names, and makes one where it is a URL.</summary>
internal sealed class TargetResolver
{
    private readonly OrderedDictionary<string, UpstreamConfig> _upstreams = new(StringComparer.Ordinal);
    private readonly string[] _names;
    private readonly ErrorList _errors;

    internal TargetResolver(IReadOnlyDictionary<string, UpstreamConfig> upstreams, ErrorList errors)
    {
        foreach ((string name, UpstreamConfig upstream) in upstreams)
        {
            _upstreams[name] = upstream;
        }

        _names = [.. upstreams.Keys];
        _errors = errors;
    }

    /// <summary>The upstreams of the file, then those that URLs made.</summary>
    internal IReadOnlyDictionary<string, UpstreamConfig> Upstreams => _upstreams;

    /// <summary>The destination with its upstream's name.</summary>
    internal TargetConfig? Resolve(TargetConfig? target)
    {
        if (target is null)
        {
            return null;
        }

        if (target.Urls.Count == 0)
        {
            CheckName(target.Upstream, target.Position);
            return target;
        }

        string name = NameOf(target.Urls);
        if (!_upstreams.ContainsKey(name))
        {
            _upstreams[name] = new UpstreamConfig
            {
                Name = name,
                IsImplicit = true,
                Servers = [.. target.Urls.Select(url => new ServerConfig { Url = url, Position = target.Position })],
                Position = target.Position,
            };
        }

        return target with { Upstream = name };
    }

    /// <summary>Reports a name that no upstream bears.</summary>
    internal void CheckName(string name, Position position)
    {
        if (_names.Contains(name))
        {
            return;
        }

        string remedy = Nearest.Find(name, _names) is { } near ? $"Did you mean \"{near}\"?"
            : _names.Length > 0 ? $"Known here: {ScalarNode.List(_names)}."
            : $"Write a URL, as in http://{name}:8080, or add it below `upstreams:`.";
        _errors.Error(position, $"There is no upstream \"{name}\".", remedy);
    }

    // No name in the file holds a colon, so these never meet.
    private static string NameOf(IReadOnlyList<OriginUrl> urls) =>
        string.Join(',', urls.Select(url => url.IsTls ? url.ToString() : url.Authority));
}
