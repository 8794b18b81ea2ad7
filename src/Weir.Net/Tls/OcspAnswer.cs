namespace Weir.Net.Tls;

/// <summary>What an OCSP response says, once its signature is known to be right.</summary>
/// <param name="Status">Of the certificate.</param>
/// <param name="ThisUpdate">From when that is known to be so (UTC).</param>
/// <param name="NextUpdate">Until when the response may be used; null: the responder does not say.</param>
/// <param name="Problem">Why it is unusable; empty otherwise.</param>
public sealed record OcspAnswer(OcspStatus Status, DateTimeOffset ThisUpdate, DateTimeOffset? NextUpdate, string Problem)
{
    /// <summary>A response that cannot be used.</summary>
    public static OcspAnswer Unusable(string problem) => new(OcspStatus.Unusable, default, null, problem);
}
