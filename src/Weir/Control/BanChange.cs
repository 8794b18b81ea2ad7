namespace Weir.Control;

/// <summary>What became of a wish for a ban, or for its end.</summary>
/// <param name="Ban">The ban that is in force now, or was lifted; null when nothing changed.</param>
/// <param name="Problem">Why nothing changed, or what about the change is doubtful; empty when nothing is.</param>
public sealed record BanChange(Ban? Ban, string Problem = "");
