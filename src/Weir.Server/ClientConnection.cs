using Weir.Abstractions.Exchanges;
using Weir.Net.Connections;
using Weir.Server.Listening;

namespace Weir.Server;

/// <summary>
/// A client's connection, whatever protocol it speaks: it stands in its loop's list, is told when it should end, and gives its place back
/// when it has. What serves an exchange on it is a <see cref="ClientStream"/>.
/// </summary>
internal abstract class ClientConnection : IConnectionObserver
{
    private readonly IConnectionEnd _end;

    protected ClientConnection(ServerLoop server, Connection connection, ConnectionInfo info, IConnectionEnd end)
    {
        _end = end;
        Server = server;
        Connection = connection;
        Info = info;
        connection.Observer = this;
        connection.LeastProgressOctets = server.Limits.LeastTakenOctets;
        Link();
    }

    internal ClientConnection? Next { get; private set; }

    internal ClientConnection? Previous { get; private set; }

    internal ServerLoop Server { get; }

    internal Connection Connection { get; }

    internal ConnectionInfo Info { get; }

    internal ListenerState Listener => _end.Listener;

    internal ServerLimits Limits => Server.Limits;

    /// <summary>Whether what is served now should be the last.</summary>
    internal bool IsEnding => Server.IsDraining || Listener.IsClosing;

    /// <summary>Begins to serve; from then on the connection lives by its events.</summary>
    public abstract void Start();

    public abstract void OnUnaskedInput(Connection connection);

    public abstract void OnIdleTimeout(Connection connection);

    public abstract void OnGone(Connection connection);

    /// <summary>The process drains: an idle connection ends soon, a busy one tells its client, a tunnel is told.</summary>
    internal abstract void OnDrain();

    /// <summary>As <see cref="OnDrain"/>, but a tunnel lives on.</summary>
    internal abstract void OnListenerClosing();

    /// <summary>Ends everything on the connection at once.</summary>
    internal abstract void AbortConnection();

    /// <summary>Closes the connection and gives its place back. Exactly once.</summary>
    protected void Close(bool reset)
    {
        Connection.Close(reset);
        GiveBack();
    }

    /// <summary>Leaves the loop's list and gives the place back, for a connection that is closed. Exactly once.</summary>
    protected void GiveBack()
    {
        Unlink();
        _end.OnEnded(Info);
    }

    private void Link()
    {
        Next = Server.FirstConnection;
        if (Next is not null)
        {
            Next.Previous = this;
        }

        Server.FirstConnection = this;
        Server.ConnectionCount++;
    }

    private void Unlink()
    {
        if (Previous is null)
        {
            Server.FirstConnection = Next;
        }
        else
        {
            Previous.Next = Next;
        }

        if (Next is not null)
        {
            Next.Previous = Previous;
        }

        Server.ConnectionCount--;
    }
}
