namespace Weir.Config.Model;

/// <summary>A destination.</summary>
/// <param name="Upstream">The upstream's name in <see cref="WeirConfig.Upstreams"/>; URLs have got one there too.</param>
/// <param name="Urls">The URLs as written; empty where an upstream is named.</param>
/// <param name="Position">Where it is written.</param>
public sealed record TargetConfig(string Upstream, IReadOnlyList<OriginUrl> Urls, Position Position)
{
    /// <inheritdoc/>
    public override string ToString() => Urls.Count == 0 ? Upstream : string.Join(", ", Urls);
}
