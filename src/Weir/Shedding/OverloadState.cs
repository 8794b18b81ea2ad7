using Weir.Abstractions.Exchanges;

namespace Weir.Shedding;

/// <summary>How loaded the process was at the last look. Immutable.</summary>
/// <param name="Level">What is turned away.</param>
/// <param name="Cause">The threshold that was passed.</param>
/// <param name="Since">Since when anything is turned away; of no meaning at <see cref="LoadLevel.Normal"/>.</param>
/// <param name="Sample">What was measured.</param>
internal sealed record OverloadState(LoadLevel Level, OverloadCause Cause, DateTimeOffset Since, OverloadSample Sample);
