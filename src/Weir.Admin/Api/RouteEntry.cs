namespace Weir.Admin.Api;

/// <summary>A route of the configuration in force.</summary>
public sealed record RouteEntry
{
    /// <summary>The key of its site.</summary>
    public required string Site { get; init; }

    /// <summary>The path; null: any.</summary>
    public string? Path { get; init; }

    /// <summary>The methods; empty: any.</summary>
    public required IReadOnlyList<string> Methods { get; init; }

    /// <summary>The other conditions: "header X-Version", "query debug", "cookie beta", "client".</summary>
    public required IReadOnlyList<string> Conditions { get; init; }

    /// <summary>The upstreams it leads to, the first share first; empty when its stack answers.</summary>
    public required IReadOnlyList<string> To { get; init; }

    /// <summary>The modules that requests pass, the site's before routing and then its own.</summary>
    public required IReadOnlyList<ModuleEntry> Stack { get; init; }

    /// <summary>The file it is written in.</summary>
    public string? File { get; init; }

    /// <summary>The line it is written in.</summary>
    public int Line { get; init; }
}
