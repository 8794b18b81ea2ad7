using Weir.Net.Tls;

namespace Weir.Stapling;

/// <summary>A certificate's OCSP state, as an operator reads it.</summary>
/// <param name="Status">What the newest answer says; null: there is none yet.</param>
/// <param name="IsStapled">Whether it is shown to clients now.</param>
/// <param name="ThisUpdate">From when the answer is.</param>
/// <param name="NextUpdate">Until when it may be shown.</param>
/// <param name="NextTry">When the responder is asked next.</param>
/// <param name="Problem">Why the last try brought nothing; null after one that did.</param>
public sealed record StapleReport(
    OcspStatus? Status, bool IsStapled, DateTimeOffset? ThisUpdate, DateTimeOffset? NextUpdate, DateTimeOffset NextTry, string? Problem)
{
    /// <summary>The same in a few words.</summary>
    public override string ToString() => (Status, IsStapled) switch
    {
        (OcspStatus.Good, true) when NextUpdate is { } until => $"good until {until:yyyy-MM-dd HH:mm} UTC",
        (OcspStatus.Good, true) => "good",
        (OcspStatus.Revoked, _) => "revoked",
        (OcspStatus.Unknown, _) => "unknown",
        _ => Problem is null ? "none" : $"none: {Problem}",
    };
}
