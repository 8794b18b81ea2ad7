namespace Weir.Admin.Api;

/// <summary>A site of the configuration in force.</summary>
public sealed record SiteEntry
{
    /// <summary>The key in `sites`.</summary>
    public required string Name { get; init; }

    /// <summary>The hosts that the key names.</summary>
    public required IReadOnlyList<string> Hosts { get; init; }

    /// <summary>The only destination; null where there are routes.</summary>
    public string? To { get; init; }

    /// <summary>How many routes there are.</summary>
    public required int Routes { get; init; }

    /// <summary>The modules before routing.</summary>
    public required IReadOnlyList<ModuleEntry> Stack { get; init; }

    /// <summary>The file it is written in.</summary>
    public string? File { get; init; }

    /// <summary>The line it is written in.</summary>
    public int Line { get; init; }
}
