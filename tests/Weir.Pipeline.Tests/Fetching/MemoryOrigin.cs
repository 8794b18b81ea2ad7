using System.Text;
using Weir.Net.Loops;
using Weir.Net.Memory;
using Weir.Upstream.Connecting;

namespace Weir.Pipeline.Tests.Fetching;

/// <summary>An origin whose connections the test speaks for.</summary>
internal sealed class MemoryOrigin : IConnector
{
    public List<MemoryConnection> Connections { get; } = [];

    public MemoryConnection Last => Connections[^1];

    public string LastRequest => Encoding.Latin1.GetString(Last.Sent);

    public ValueTask<ConnectResult> ConnectAsync(Loop loop, int timeoutMs)
    {
        MemoryConnection connection = new(loop);
        Connections.Add(connection);
        return new(ConnectResult.Of(connection));
    }
}
