namespace Weir.Control;

/// <summary>What is to be purged: at least one thing. Lists that are null are empty.</summary>
public sealed record PurgeOrder
{
    /// <summary>Things that one order may name.</summary>
    public const int MostThings = 10_000;

    /// <summary>The cache's name; null: all caches.</summary>
    public string? Cache { get; init; }

    /// <summary>URLs, each with all its variants; without a scheme both are meant.</summary>
    public IReadOnlyList<string>? Urls { get; init; }

    /// <summary>Beginnings of URLs.</summary>
    public IReadOnlyList<string>? Prefixes { get; init; }

    /// <summary>Hosts, with a port or with all their ports.</summary>
    public IReadOnlyList<string>? Hosts { get; init; }

    /// <summary>Tags: of Surrogate-Key, Cache-Tag and Cache-Groups.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    /// <summary>Conditions.</summary>
    public string? Where { get; init; }

    /// <summary>Everything.</summary>
    public bool All { get; init; }

    /// <summary>Only makes stale: validation, grace and background refresh apply.</summary>
    public bool Soft { get; init; }

    /// <summary>Purges nothing, and says how much would be touched.</summary>
    public bool DryRun { get; init; }
}
