using Weir.Net.Loops;
using Weir.Upstream.Connecting;

namespace Weir.Pipeline.Health;

/// <summary>Asks by connecting: a server that accepts is well.</summary>
internal sealed class TcpCheck : HealthCheck
{
    private readonly Loop _loop;
    private readonly IConnector _connector;

    public TcpCheck(Loop loop, IConnector connector, ActiveHealthPolicy policy)
        : base(policy)
    {
        _loop = loop;
        _connector = connector;
    }

    protected override async ValueTask<CheckVerdict> RunAsync()
    {
        ConnectResult result = await _connector.ConnectAsync(_loop, Policy.TimeoutMs);
        if (result.Connection is not { } connection)
        {
            return Failed(result.Error!);
        }

        connection.Close();
        return CheckVerdict.Good("connection accepted");
    }
}
