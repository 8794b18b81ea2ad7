using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Modules.Challenge;

/// <summary>Pages without a script: for forms that were not passed on, and for who has waited.</summary>
internal static class ShortPages
{
    private static readonly byte[] _policy =
        "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"u8.ToArray();

    private static readonly PinnedBody _notSent = new("""
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Your form was not sent</title>
        <main>
        <h1>Your form was not sent</h1>
        <p>Your browser must be checked first, and what you sent was not kept. Please go back, copy what you wrote, load that page again, and send it
        once more when the check is over.</p>
        </main>

        """u8);

    private static readonly PinnedBody _passed = new("""
        <!doctype html>
        <html lang="en">
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <meta http-equiv="refresh" content="0">
        <title>The page is being opened</title>
        <main>
        <p role="status">Done. <a href="">Open the page</a> if it does not open by itself.</p>
        </main>

        """u8);

    /// <summary>Says that what was sent was not passed on.</summary>
    public static void AnswerNotSent(Exchange exchange, int status) => Answer(exchange, status, _notSent);

    /// <summary>Leads a visitor who has waited to where they wanted, which is here.</summary>
    public static void AnswerPassed(Exchange exchange, int status) => Answer(exchange, status, _passed);

    private static void Answer(Exchange exchange, int status, PinnedBody page)
    {
        exchange.Answer(status, "text/html; charset=utf-8"u8, page);
        HeaderFields fields = exchange.Response.Fields;
        fields.Add(KnownField.CacheControl, "no-store"u8);
        fields.Add("Content-Security-Policy"u8, _policy);
        fields.Add("X-Content-Type-Options"u8, "nosniff"u8);
        fields.Add("X-Robots-Tag"u8, "noindex"u8);
    }
}
