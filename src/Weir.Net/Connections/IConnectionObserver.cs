namespace Weir.Net.Connections;

/// <summary>Is told what happens on a connection while nobody reads it. Called on the loop, from the socket's own event.</summary>
public interface IConnectionObserver
{
    /// <summary>Octets or the end of the stream arrived unasked: an idle origin connection is no longer fit for use.</summary>
    void OnUnaskedInput(Connection connection);

    /// <summary>An idle connection (<see cref="Connection.WatchIdle"/>) was idle for its time.</summary>
    void OnIdleTimeout(Connection connection);

    /// <summary>The connection was reset or both directions ended: nobody is there to read an answer.</summary>
    void OnGone(Connection connection);
}
