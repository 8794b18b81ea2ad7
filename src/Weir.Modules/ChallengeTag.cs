namespace Weir.Modules;

/// <summary>
/// How `filter` tells `challenge` below it whom it means: a tag like any other, so that expressions and `do: tag` may use it too.
/// </summary>
internal static class ChallengeTag
{
    /// <summary>The tag.</summary>
    public const string Name = "challenge";
}
