namespace Weir.Interop.Tests.Peers;

/// <summary>What a certificate is to be like.</summary>
internal sealed record IssueWishes
{
    public bool IsRsa { get; init; }

    public bool IsExpired { get; init; }

    /// <summary>Where its issuer answers OCSP.</summary>
    public string? Responder { get; init; }
}
