using Weir.Net.Connections;

namespace Weir.Net.Tests.Testing;

/// <summary>Counts what a connection reports.</summary>
internal sealed class RecordingConnectionObserver : IConnectionObserver
{
    public int Unasked { get; private set; }

    public int Gone { get; private set; }

    public int IdleTimeouts { get; private set; }

    public void OnUnaskedInput(Connection connection) => Unasked++;

    public void OnIdleTimeout(Connection connection) => IdleTimeouts++;

    public void OnGone(Connection connection) => Gone++;
}
