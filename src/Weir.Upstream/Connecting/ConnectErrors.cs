using Weir.Abstractions.Errors;

namespace Weir.Upstream.Connecting;

/// <summary>What an error number of connect(2) means to an exchange.</summary>
internal static class ConnectErrors
{
    public static ProxyError Of(int error) => error switch
    {
        111 => ProxyErrors.ConnectRefused,
        110 => ProxyErrors.ConnectTimeout,
        101 or 113 => ProxyErrors.ConnectUnreachable,
        _ => ProxyErrors.ConnectFailed,
    };
}
