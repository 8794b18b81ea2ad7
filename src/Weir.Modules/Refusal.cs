using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Modules;

/// <summary>The answer to a request whose own octets would lead out of what the configuration means.</summary>
internal static class Refusal
{
    private static readonly PinnedBody _text = new("The request cannot be served in this form.\n"u8);

    /// <summary>Answers 400; the detail is for the log.</summary>
    public static Verdict BadRequest(Exchange exchange, string module, string detail)
    {
        exchange.Answer(400, "text/plain; charset=utf-8"u8, _text);
        exchange.ErrorDetail = detail;
        exchange.Trace?.Add(module, detail);
        return Verdict.Answered;
    }
}
