namespace Weir.AutomaticHttps;

/// <summary>An account at an issuer. Its key stands in a file beside.</summary>
internal sealed record SavedAccount
{
    /// <summary>The issuer's directory.</summary>
    public string? Directory { get; init; }

    /// <summary>The account's URL.</summary>
    public string? Account { get; init; }

    /// <summary>The address that the issuer was given.</summary>
    public string? Email { get; init; }
}
