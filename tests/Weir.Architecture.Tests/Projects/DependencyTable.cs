namespace Weir.Architecture.Tests.Projects;

/// <summary>
/// Which project may use which: lower levels only, less what a project must never use. The same table stands in ARCHITECTURE.md
/// under "Projects and their direction".
/// </summary>
internal static class DependencyTable
{
    private static readonly string[][] _levels =
    [
        ["Weir.Abstractions", "Weir.Telemetry"],
        ["Weir.Net", "Weir.Http", "Weir.Codings", "Weir.Config", "Weir.Expressions"],
        ["Weir.Streams"],
        ["Weir.Upstream", "Weir.Cache", "Weir.Waf"],
        ["Weir.Server", "Weir.Pipeline", "Weir.Modules"],
        ["Weir"],
        ["Weir.Admin"],
        ["Weir.Cli"],
    ];

    /// <summary>Projects that would be allowed by their level.</summary>
    private static readonly Dictionary<string, string[]> _never = new(StringComparer.Ordinal)
    {
        ["Weir.Cache"] = ["Weir.Net", "Weir.Streams"],
        ["Weir.Waf"] = ["Weir.Net", "Weir.Streams"],
        ["Weir.Http"] = ["Weir.Telemetry"],
        ["Weir.Config"] = ["Weir.Telemetry"],
        ["Weir.Expressions"] = ["Weir.Telemetry"],
        ["Weir.Pipeline"] = ["Weir.Cache", "Weir.Waf", "Weir.Streams"],
        ["Weir.Modules"] = ["Weir.Net", "Weir.Streams"],
        ["Weir.Server"] = ["Weir.Upstream"],
    };

    /// <summary>Namespaces and types that a project's code does not name, as regular expressions, each with its reason.</summary>
    public static IReadOnlyList<(string Project, string Pattern, string Why)> BannedWords { get; } =
    [
        ("Weir.Net", @"\bWeir\.Abstractions\.(Heads|Modules)\b", "Net moves bytes and knows no HTTP"),
        ("Weir.Http", @"\bSystem\.Net\.Sockets\b|\bSocket\b", "Http is pure functions: no sockets"),
        ("Weir.Http", @"\b(Value)?Task\b|\basync\b|\bSystem\.Threading\b", "Http is pure functions: no tasks"),
        ("Weir.Http", @"\bTimeProvider\b|\bStopwatch\b|\bDateTime(Offset)?\.(Utc)?Now\b", "Http is pure functions: time is an argument"),
        ("Weir.Http", @"\bILogger\b|\bConsole\b", "Http is pure functions: no logging"),
        ("Weir.Config", @"\bSystem\.Net\.Sockets\b|\bDns\.(Get|Begin)", "Config reads text and does not touch the running system"),
        ("Weir.Modules", @"\bWeir\.Http\.Http[12]\b", "modules see exchanges, not a protocol's octets"),
    ];

    public static bool Knows(string project) => LevelOf(project) >= 0;

    public static bool MayUse(string project, string other) =>
        LevelOf(other) >= 0 && LevelOf(other) < LevelOf(project)
            && !_never.GetValueOrDefault(project, []).Contains(other, StringComparer.Ordinal);

    private static int LevelOf(string project) => Array.FindIndex(_levels, level => level.Contains(project, StringComparer.Ordinal));
}
