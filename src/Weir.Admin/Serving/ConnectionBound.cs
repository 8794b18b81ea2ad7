using Microsoft.AspNetCore.Connections;

namespace Weir.Admin.Serving;

/// <summary>Holds the connections of one listening socket to a number; those above it are closed at once.</summary>
internal sealed class ConnectionBound
{
    private readonly int _most;
    private int _open;

    public ConnectionBound(int most) => _most = most;

    /// <summary>A step of the connection's way: counts it while the steps behind serve it.</summary>
    public ConnectionDelegate Count(ConnectionDelegate next) => async connection =>
    {
        try
        {
            if (Interlocked.Increment(ref _open) <= _most)
            {
                await next(connection);
            }
            else
            {
                connection.Abort();
            }
        }
        finally
        {
            Interlocked.Decrement(ref _open);
        }
    };
}
