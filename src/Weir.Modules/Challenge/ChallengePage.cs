using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Modules.Challenge;

/// <summary>
/// The page that a challenged visitor gets, one for each difficulty: the same octets for everyone, so that nothing of a request stands
/// in it and giving it out costs nothing.
/// </summary>
internal sealed class ChallengePage
{
    /// <summary>What an operator's page has where the script belongs.</summary>
    public const string Placeholder = "{challenge}";

    // The page that comes along. It moves nothing, so there is nothing to reduce for who wants no motion.
    private const string BuiltIn = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex">
        <title>Checking your browser</title>
        <style>
        :root { color-scheme: light dark; --paper: #fff; --ink: #1f2328; --soft: #59636e }
        @media (prefers-color-scheme: dark) { :root { --paper: #15191e; --ink: #e6edf3; --soft: #9aa4ae } }
        body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 1rem/1.5 system-ui, sans-serif }
        body { background: var(--paper); color: var(--ink) }
        main { max-width: 36rem; padding: 2rem }
        h1 { margin: 0 0 .5rem; font-size: 1.5rem; line-height: 1.25 }
        p { margin: 0 0 .75rem }
        progress { display: block; width: 100%; height: .75rem; margin: 0 0 .75rem }
        [hidden] { display: none }
        button { font: inherit; padding: .4rem 1rem }
        .soft { color: var(--soft) }
        </style>
        {challenge}
        </head>
        <body>
        <main>
        <h1>Checking your browser</h1>
        <p>Before this page opens, your browser solves a small puzzle. Nothing is asked of you, and nothing about you is collected or passed on.</p>
        <progress id="challenge-progress" max="1" value="0" aria-label="Progress of the check" hidden></progress>
        <p id="challenge-status" role="status" aria-live="polite"></p>
        <p><button type="button" id="challenge-again" hidden>Try again</button></p>
        <noscript>{noscript}</noscript>
        <p class="soft">You need cookies for this, and you are not asked again for some time.</p>
        </main>
        </body>
        </html>

        """;

    private const string Waiting = """
        <p>JavaScript is off. Please keep cookies allowed and wait: the page opens by itself after {seconds} seconds. <a href="">Open it now</a>
        if it does not.</p>
        """;

    private const string NoWaiting = "<p>JavaScript is off. Please turn it on for this site, then load the page again.</p>";

    private readonly PinnedBody _body;
    private readonly byte[] _policy;

    private ChallengePage(string html, bool isOwn)
    {
        _body = new PinnedBody(Encoding.UTF8.GetBytes(html));

        // What an operator writes may have styles and pictures; neither page has anything of a request in it that could become one.
        string looks = isOwn ? "style-src 'unsafe-inline' 'self'; img-src 'self' data:; font-src 'self'" : $"style-src {HashOfStyle(html)}";
        _policy = Encoding.ASCII.GetBytes(
            $"default-src 'none'; script-src {ChallengeScript.Hash}; {looks}; connect-src 'self'; worker-src blob:; "
                + "base-uri 'none'; form-action 'none'; frame-ancestors 'self'");
    }

    /// <summary>The page of a difficulty.</summary>
    /// <param name="own">The operator's page; null: the one that comes along.</param>
    /// <param name="bits">The difficulty.</param>
    /// <param name="waitSeconds">How long visitors without JavaScript wait; 0: they cannot pass.</param>
    public static ChallengePage Make(string? own, int bits, int waitSeconds)
    {
        // A second more than is asked for: clocks are read in whole seconds.
        string refresh = waitSeconds == 0 ? "" : string.Create(
            CultureInfo.InvariantCulture, $"<noscript><meta http-equiv=\"refresh\" content=\"{waitSeconds + 1}\"></noscript>\n");
        string number = bits.ToString(CultureInfo.InvariantCulture);
        string script = $"{refresh}<script data-bits=\"{number}\">{ChallengeScript.Text.ReplaceLineEndings("\n")}</script>";
        string seconds = (waitSeconds + 1).ToString(CultureInfo.InvariantCulture);
        string waiting = waitSeconds == 0 ? NoWaiting : Waiting.Replace("{seconds}", seconds, StringComparison.Ordinal);
        string page = own ?? BuiltIn.Replace("{noscript}", waiting, StringComparison.Ordinal);
        return new ChallengePage(page.Replace(Placeholder, script, StringComparison.Ordinal), own is not null);
    }

    private static string HashOfStyle(string html)
    {
        int start = html.IndexOf("<style>", StringComparison.Ordinal) + "<style>".Length;
        string style = html[start..html.IndexOf("</style>", StringComparison.Ordinal)];
        return "'sha256-" + Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(style))) + "'";
    }

    /// <summary>Answers with it.</summary>
    public void Answer(Exchange exchange, int status)
    {
        exchange.Answer(status, "text/html; charset=utf-8"u8, _body);
        HeaderFields fields = exchange.Response.Fields;
        fields.Add(KnownField.CacheControl, "no-store"u8);
        fields.Add("Content-Security-Policy"u8, _policy);
        fields.Add("X-Content-Type-Options"u8, "nosniff"u8);
        fields.Add("X-Robots-Tag"u8, "noindex"u8);
        fields.Add("Referrer-Policy"u8, "same-origin"u8);
    }
}
