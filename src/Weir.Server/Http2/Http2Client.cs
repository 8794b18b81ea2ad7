using Weir.Abstractions.Exchanges;
using Weir.Net.Connections;
using Weir.Server.Listening;

namespace Weir.Server.Http2;

/// <summary>A client that speaks HTTP/2, in its loop's list; what serves it is an <see cref="Http2ClientConnection"/>.</summary>
internal sealed class Http2Client : ClientConnection
{
    private readonly Http2ClientConnection _frames;

    public Http2Client(ServerLoop server, Connection connection, ConnectionInfo info, IConnectionEnd end)
        : base(server, connection, info, end) => _frames = new Http2ClientConnection(this, connection);

    public override void Start() => _frames.Start();

    public override void OnUnaskedInput(Connection connection) => _frames.OnInput();

    public override void OnIdleTimeout(Connection connection) => _frames.OnIdleTimeout();

    public override void OnGone(Connection connection) => _frames.Vanish();

    /// <summary>The connection is closed, and no exchange runs for it any more. Exactly once.</summary>
    public void Leave() => GiveBack();

    internal override void OnDrain() => _frames.OnDrain();

    internal override void OnListenerClosing() => _frames.OnListenerClosing();

    internal override void AbortConnection() => _frames.Abort();
}
