using Weir.Abstractions.Errors;
using Weir.Net.Connections;

namespace Weir.Upstream.Connecting;

/// <summary>A connection, or why there is none.</summary>
public readonly struct ConnectResult
{
    private ConnectResult(Connection? connection, ProxyError? error)
    {
        Connection = connection;
        Error = error;
    }

    /// <summary>The connection.</summary>
    public Connection? Connection { get; }

    /// <summary>Why there is none.</summary>
    public ProxyError? Error { get; }

    /// <summary>Connected.</summary>
    public static ConnectResult Of(Connection connection) => new(connection, null);

    /// <summary>Not connected.</summary>
    public static ConnectResult Failed(ProxyError error) => new(null, error);
}
