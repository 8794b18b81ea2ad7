using Weir.Abstractions.Options;

namespace Weir.Hosting;

/// <summary>What a reload did, or why it did nothing. Names are the configuration's: "app", "app/10.0.0.11:8080", a site's key.</summary>
public sealed record ReloadReport
{
    /// <summary>Whether the next configuration is in force. If not, nothing has changed.</summary>
    public bool IsApplied { get; init; }

    /// <summary>Which configuration is in force: 1 from the start, one more with every reload that was applied.</summary>
    public required long Generation { get; init; }

    /// <summary>The file that was read; empty where there was none.</summary>
    public string File { get; init; } = "";

    /// <summary>How long it took, in milliseconds.</summary>
    public double DurationMs { get; init; }

    /// <summary>Why it was refused: everything that was found.</summary>
    public IReadOnlyList<ConfigError> Errors { get; init; } = [];

    /// <summary>What works but is probably not meant.</summary>
    public IReadOnlyList<ConfigError> Warnings { get; init; } = [];

    /// <summary>Options that were changed and that only a new process obeys, a sentence each.</summary>
    public IReadOnlyList<string> NeedsRestart { get; init; } = [];

    /// <summary>Listeners.</summary>
    public ReloadTouches Listeners { get; init; } = ReloadTouches.None;

    /// <summary>Upstreams.</summary>
    public ReloadTouches Upstreams { get; init; } = ReloadTouches.None;

    /// <summary>Servers of upstreams that were changed; of added and removed ones too.</summary>
    public ReloadTouches Servers { get; init; } = ReloadTouches.None;

    /// <summary>Sites. A site is changed when an option, a module or a route of it is.</summary>
    public ReloadTouches Sites { get; init; } = ReloadTouches.None;

    /// <summary>Routes of sites that were there before, by site and path.</summary>
    public ReloadTouches Routes { get; init; } = ReloadTouches.None;

    /// <summary>Modules that were carried over with what they remember, and how many were made anew.</summary>
    public int ModulesKept { get; init; }

    /// <summary>Modules that were made for this configuration.</summary>
    public int ModulesMade { get; init; }

    /// <summary>Other options that changed, by their place in the file ("limits", "tunnels", "log.access").</summary>
    public IReadOnlyList<string> OptionsChanged { get; init; } = [];

    /// <summary>One line for an operator.</summary>
    public string Summary =>
        IsApplied ? Describe() : $"refused with {Errors.Count} {(Errors.Count == 1 ? "error" : "errors")}; nothing has changed";

    private string Describe()
    {
        List<string> parts = [];
        Listeners.Describe("listeners", parts);
        Upstreams.Describe("upstreams", parts);
        Servers.Describe("servers", parts);
        Sites.Describe("sites", parts);
        Routes.Describe("routes", parts);
        if (OptionsChanged.Count > 0)
        {
            parts.Add("options: ~" + string.Join(" ~", OptionsChanged));
        }

        return parts.Count == 0 ? "nothing has changed" : string.Join("; ", parts);
    }
}
