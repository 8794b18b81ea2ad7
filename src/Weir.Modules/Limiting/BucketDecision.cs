namespace Weir.Modules.Limiting;

/// <summary>What a bucket says to a request.</summary>
/// <param name="IsAllowed">Whether it may pass.</param>
/// <param name="Left">Requests that may still come at once.</param>
/// <param name="WaitNs">When refused: how long until the next may come; else 0.</param>
internal readonly record struct BucketDecision(bool IsAllowed, int Left, long WaitNs);
