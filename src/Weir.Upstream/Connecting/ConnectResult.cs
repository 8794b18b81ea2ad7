using Weir.Abstractions.Errors;
using Weir.Net.Connections;

namespace Weir.Upstream.Connecting;

/// <summary>A connection, or why there is none.</summary>
public readonly struct ConnectResult
{
    private ConnectResult(Connection? connection, ProxyError? error, bool isHttp2)
    {
        Connection = connection;
        Error = error;
        IsHttp2 = isHttp2;
    }

    /// <summary>The connection.</summary>
    public Connection? Connection { get; }

    /// <summary>Why there is none.</summary>
    public ProxyError? Error { get; }

    /// <summary>Whether TLS has agreed on HTTP/2 there.</summary>
    public bool IsHttp2 { get; }

    /// <summary>Connected.</summary>
    public static ConnectResult Of(Connection connection, bool isHttp2 = false) => new(connection, null, isHttp2);

    /// <summary>Not connected.</summary>
    public static ConnectResult Failed(ProxyError error) => new(null, error, false);
}
