using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Modules;

/// <summary>How modules that ask who somebody is refuse. The reason is for the log and the trace, and never holds what was sent.</summary>
internal static class AuthRefusal
{
    /// <summary>401: nothing that is known was shown.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="module">The module.</param>
    /// <param name="why">What was missing.</param>
    /// <param name="challenge">What may be shown: the value of WWW-Authenticate.</param>
    public static Verdict Unknown(Exchange exchange, string module, string why, byte[] challenge)
    {
        exchange.ErrorFields.Set("WWW-Authenticate"u8, challenge);
        return Refuse(exchange, module, why, ProxyErrors.AuthRequired);
    }

    /// <summary>403: what was shown is known, and is not enough.</summary>
    public static Verdict Forbidden(Exchange exchange, string module, string why) =>
        Refuse(exchange, module, why, ProxyErrors.AuthForbidden);

    /// <summary>503: what decides cannot be asked now.</summary>
    public static Verdict Unavailable(Exchange exchange, string module, string why) =>
        Refuse(exchange, module, why, ProxyErrors.AuthUnavailable);

    private static Verdict Refuse(Exchange exchange, string module, string why, ProxyError error)
    {
        exchange.Error = error;
        exchange.ErrorDetail = why;
        exchange.Trace?.Add(module, $"refused: {why}");
        return Verdict.Answered;
    }
}
