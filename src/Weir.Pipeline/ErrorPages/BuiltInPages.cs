using System.Text;

namespace Weir.Pipeline.ErrorPages;

/// <summary>The pages that come with Weir: small, complete in themselves, and silent about what stands behind.</summary>
internal static class BuiltInPages
{
    private const string Html =
        """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="robots" content="noindex">
        <title>{status} {reason}</title>
        <style>
        :root { color-scheme: light dark; --paper: #fff; --ink: #1f2328; --soft: #59636e }
        @media (prefers-color-scheme: dark) { :root { --paper: #15191e; --ink: #e6edf3; --soft: #9aa4ae } }
        body { margin: 0; min-height: 100vh; display: grid; place-items: center; font: 1rem/1.5 system-ui, sans-serif }
        body { background: var(--paper); color: var(--ink) }
        main { max-width: 36rem; padding: 2rem }
        h1 { margin: 0 0 .5rem; font-size: 1.5rem; line-height: 1.25 }
        p { margin: 0 0 .5rem }
        small { color: var(--soft); overflow-wrap: anywhere }
        </style>
        </head>
        <body>
        <main>
        <h1>{status} {reason}</h1>
        <p>{advice}</p>
        <p><small>Request {request_id}</small></p>
        </main>
        </body>
        </html>

        """;

    private const string Json =
        """
        {"status":{status},"title":"{reason}","request_id":"{request_id}"}

        """;

    private const string Text =
        """
        {status} {reason}
        {advice}
        Request {request_id}

        """;

    /// <summary>The page of a status in a form, with its placeholders.</summary>
    public static byte[] For(int status, ErrorPageForm form)
    {
        string page = form switch
        {
            ErrorPageForm.Html => Html,
            ErrorPageForm.Json => Json,
            _ => Text,
        };
        return Encoding.UTF8.GetBytes(page.Replace("{advice}", Advice(status), StringComparison.Ordinal));
    }

    private static string Advice(int status) => status switch
    {
        404 or 410 => "There is nothing at this address. Check it, or begin at the site's first page.",
        408 => "The request took too long to arrive. Please send it again.",
        429 => "There were too many requests. Please wait a while before the next one.",
        < 500 => "This request cannot be answered as it is.",
        503 => "The service cannot answer at the moment. Please try again in a while.",
        504 => "The answer took too long. Please try again in a while.",
        _ => "Something went wrong on this side. Please try again in a while.",
    };
}
