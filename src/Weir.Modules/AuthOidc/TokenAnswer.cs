namespace Weir.Modules.AuthOidc;

/// <summary>What the provider's token endpoint gave.</summary>
/// <param name="Reason">Why there are no tokens, for the log: never a part of what was sent; empty: there are.</param>
/// <param name="IsRefused">Whether the provider said no; else it could not be asked, or made no sense.</param>
internal sealed record TokenAnswer(string Reason, bool IsRefused = false)
{
    /// <summary>The ID token; null: none.</summary>
    public byte[]? IdToken { get; init; }

    /// <summary>The access token, which is looked at for at_hash alone; null: none.</summary>
    public string? AccessToken { get; init; }

    /// <summary>What other tokens can be had for; null: nothing.</summary>
    public string? RefreshToken { get; init; }

    /// <summary>How long the access token is good; 0: that is not said.</summary>
    public long ExpiresInSeconds { get; init; }
}
