using Weir.Abstractions.Modules;

namespace Weir.Modules.Challenge;

/// <summary>What became of requests at a `challenge`.</summary>
internal sealed class ChallengeCounters
{
    public ChallengeCounters(ModuleBuilder check)
    {
        Pages = Of(check, "page");
        Refusals = Of(check, "refused");
        Solved = Of(check, "solved");
        Waited = Of(check, "waited");
        Failed = Of(check, "failed");
        Bots = Of(check, "bot");
        DryRuns = Of(check, "dry_run");
    }

    /// <summary>Pages given out.</summary>
    public ModuleCounter Pages { get; }

    /// <summary>Requests that no page could be the answer to.</summary>
    public ModuleCounter Refusals { get; }

    /// <summary>Passes for solved puzzles.</summary>
    public ModuleCounter Solved { get; }

    /// <summary>Passes for who has waited.</summary>
    public ModuleCounter Waited { get; }

    /// <summary>Answers that were none: forged, too late, used before, of another client.</summary>
    public ModuleCounter Failed { get; }

    /// <summary>Suspicious requests of bots that were known.</summary>
    public ModuleCounter Bots { get; }

    /// <summary>Requests that would have been challenged.</summary>
    public ModuleCounter DryRuns { get; }

    private static ModuleCounter Of(ModuleBuilder check, string outcome) =>
        check.Counter("weir_challenge_total", "What became of requests at challenge.", ("outcome", outcome));
}
