namespace Weir.Acme;

/// <summary>What an issuer says about renewing a certificate (RFC 9773).</summary>
/// <param name="Start">When the window begins.</param>
/// <param name="End">When it ends.</param>
/// <param name="AskAgainIn">When to ask again.</param>
/// <param name="Explanation">A page that says why; null: none.</param>
internal sealed record RenewalAdvice(DateTimeOffset Start, DateTimeOffset End, TimeSpan AskAgainIn, string? Explanation)
{
    // RFC 9773 section 4.3: what is under a minute is treated as one, what is over a day as one.
    private static readonly TimeSpan _soonest = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan _latest = TimeSpan.FromDays(1);
    private static readonly TimeSpan _usual = TimeSpan.FromHours(6);

    /// <summary>Asks about a certificate. Null: the issuer gives no such advice.</summary>
    /// <exception cref="AcmeException">It cannot be asked, or says what cannot be used.</exception>
    public static async Task<RenewalAdvice?> AskAsync(AcmeLink link, string chainPem, CancellationToken cancelled)
    {
        AcmeDirectory directory = await link.GetDirectoryAsync(cancelled);
        if (directory.RenewalInfo is not { } place || RenewalId.Of(chainPem) is not { } id)
        {
            return null;
        }

        AcmeAnswer answer = await link.GetAsync($"{place.TrimEnd('/')}/{id}", cancelled);
        AcmeRenewalInfo info = answer.Read(AcmeJson.Default.AcmeRenewalInfo);
        if (info.SuggestedWindow is not { } window || window.End <= window.Start)
        {
            // RFC 9773 section 4.2: a window that ends before it begins is treated as if there were none.
            throw new AcmeException("the issuer's window for the renewal is empty");
        }

        TimeSpan again = answer.RetryAfter ?? _usual;
        return new RenewalAdvice(
            window.Start, window.End, again < _soonest ? _soonest : again > _latest ? _latest : again, info.ExplanationUrl);
    }
}
