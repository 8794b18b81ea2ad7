namespace Weir.Control;

/// <summary>An order to purge, of the audit.</summary>
/// <param name="At">When.</param>
/// <param name="Who">Who wanted it.</param>
/// <param name="What">What was purged.</param>
/// <param name="Soft">Whether it only made stale.</param>
/// <param name="Number">Its number; 0: it was refused.</param>
/// <param name="Touched">Stored responses that it touched until now.</param>
/// <param name="State">"done", "running" or "refused".</param>
/// <param name="Refusal">Why it was refused.</param>
/// <param name="NotOnDisk">Why it was not on disk when it was answered.</param>
public sealed record PurgeEntry(
    DateTimeOffset At, string Who, string What, bool Soft, long Number, long Touched, string State, string? Refusal, string? NotOnDisk);
