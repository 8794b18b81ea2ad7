namespace Weir.Acme;

/// <summary>An issuer refused, could not be reached, or said what cannot be understood.</summary>
internal sealed class AcmeException : Exception
{
    /// <summary>
    /// The problem's type without its prefix, such as "rateLimited" (RFC 8555 section 6.7); empty: the issuer named none.
    /// </summary>
    public string Type { get; init; } = "";

    /// <summary>How long the issuer wants to be left alone; null: it did not say.</summary>
    public TimeSpan? RetryAfter { get; init; }

    public AcmeException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    /// <summary>Whether it is about how often it is asked, not about what.</summary>
    public bool IsRateLimit => Type == "rateLimited";
}
