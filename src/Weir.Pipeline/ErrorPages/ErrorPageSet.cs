using System.Buffers.Text;
using System.Diagnostics;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Pipeline.ErrorPages;

/// <summary>
/// Answers with the errors that Weir makes itself. A page says the status, its reason phrase and the request id by which an operator
/// finds the log line; nothing about origins. Any thread may use it: a page is rendered when it is first needed and never changes.
/// </summary>
public sealed class ErrorPageSet
{
    private const int Forms = 3;

    private readonly ErrorPage?[] _pages = new ErrorPage?[(StatusPattern.Highest - StatusPattern.Lowest + 1) * Forms];
    private readonly IReadOnlyList<ErrorPageTemplate> _templates;
    private readonly bool _allowsJson;

    /// <summary>Makes the pages.</summary>
    /// <param name="templates">Pages in place of the built-in ones; one for a status goes before one for its class.</param>
    /// <param name="allowsJson">Whether a client that prefers JSON gets it.</param>
    public ErrorPageSet(IReadOnlyList<ErrorPageTemplate> templates, bool allowsJson = true)
    {
        _templates = templates;
        _allowsJson = allowsJson;

        // What the operator wrote is rendered now, so that its memory is known before the first request.
        foreach (ProxyError error in ProxyErrors.All)
        {
            for (ErrorPageForm form = ErrorPageForm.Html; form <= ErrorPageForm.Text; form++)
            {
                PageFor(error.Status, form);
            }
        }
    }

    /// <summary>Makes an error the exchange's response.</summary>
    /// <param name="exchange">Its <see cref="Exchange.Error"/> is set too.</param>
    /// <param name="error">What went wrong.</param>
    /// <param name="retryAfterSeconds">Retry-After, where above 0.</param>
    public void Answer(Exchange exchange, ProxyError error, int retryAfterSeconds = 0)
    {
        exchange.Error = error;
        Answer(exchange, error.Status, retryAfterSeconds);
    }

    /// <summary>Makes a status the exchange's response, for a refusal that is no <see cref="ProxyError"/>.</summary>
    /// <param name="exchange">Its response and response body are replaced.</param>
    /// <param name="status">400 to 599.</param>
    /// <param name="retryAfterSeconds">Retry-After, where above 0.</param>
    public void Answer(Exchange exchange, int status, int retryAfterSeconds = 0)
    {
        Debug.Assert(status is >= StatusPattern.Lowest and <= StatusPattern.Highest, "A page is for an error.");
        AcceptChoice choice = AcceptChoice.Read(exchange.Request.Fields);
        ErrorPageForm form = choice.Form(_allowsJson);
        ResponseHead response = exchange.Response;
        response.Clear();
        response.Status = status;
        response.Fields.Add(KnownField.ContentType, ContentType(form, choice.NamesProblem));

        // RFC 9111 section 4.2.2 lets caches keep a 404 by themselves; an error of the way to the origin is nobody's to keep.
        response.Fields.Add(KnownField.CacheControl, "no-store"u8);
        if (retryAfterSeconds > 0)
        {
            Span<byte> digits = stackalloc byte[10];
            Utf8Formatter.TryFormat(retryAfterSeconds, digits, out int written);
            response.Fields.Add(KnownField.RetryAfter, digits[..written]);
        }

        if (exchange.HasErrorFields)
        {
            exchange.ErrorFields.CopyTo(response.Fields);
        }

        exchange.ResponseBody = PageFor(status, form).Open(exchange);
        response.BodyLength = exchange.ResponseBody.Length;
    }

    private static ReadOnlySpan<byte> ContentType(ErrorPageForm form, bool isProblem) => form switch
    {
        ErrorPageForm.Html => "text/html; charset=utf-8"u8,
        ErrorPageForm.Json => isProblem ? "application/problem+json"u8 : "application/json"u8,
        _ => "text/plain; charset=utf-8"u8,
    };

    private ErrorPage PageFor(int status, ErrorPageForm form)
    {
        ref ErrorPage? page = ref _pages[((status - StatusPattern.Lowest) * Forms) + (int)form];
        ErrorPage? rendered = Volatile.Read(ref page);
        if (rendered is not null)
        {
            return rendered;
        }

        // Two loops may render the same page at once: both are right, and one of them stays.
        rendered = ErrorPage.Render(TemplateFor(status, form).Span, status, form);
        return Interlocked.CompareExchange(ref page, rendered, null) ?? rendered;
    }

    private ReadOnlyMemory<byte> TemplateFor(int status, ErrorPageForm form)
    {
        ErrorPageTemplate? template = _templates
            .Where(candidate => candidate.Form == form && candidate.Statuses.Contains(status))
            .MaxBy(candidate => candidate.Statuses.IsExact);
        return template?.Octets ?? BuiltInPages.For(status, form);
    }
}
