using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.InMemory.Tests.Harness;
using Weir.Net.Memory;

namespace Weir.InMemory.Tests.Budgets;

/// <summary>Many clients that all ask at the same time, over a harness that allocates nothing itself once it is warm.</summary>
internal sealed class Load : IDisposable
{
    private const string Yaml = """
        listen: [":8080"]
        upstreams:
          app: { servers: ["http://10.0.0.1:80"]OPTIONS }
        sites:
          "*": { stack: [suspendsSTACK], routes: [{ to: app }] }
        """;

    private readonly Proxy _proxy;
    private readonly MemoryConnection[] _clients;
    private readonly byte[] _request;
    private readonly byte[] _response;
    private MemoryConnection[] _origins = [];

    /// <param name="clients">How many ask at once.</param>
    /// <param name="request">What each sends.</param>
    /// <param name="response">What the origin answers.</param>
    /// <param name="options">More options of the upstream, as a flow map has them behind the first.</param>
    /// <param name="stack">More modules of the site, as a flow list has them behind the first.</param>
    public Load(int clients, string request, string response, string options = "", string stack = "")
    {
        string yaml = Yaml.Replace("OPTIONS", options, StringComparison.Ordinal).Replace("STACK", stack, StringComparison.Ordinal);
        _proxy = new Proxy(yaml + "\nlimits: { connections_per_client: 10000 }", new Probe("suspends", new Suspending()));
        _request = Encoding.Latin1.GetBytes(request);
        _response = Encoding.Latin1.GetBytes(response);
        _clients = [.. Enumerable.Range(0, clients).Select(_ => _proxy.Connect().Connection)];
    }

    /// <summary>One request of each client, all in flight at once. The octets of one answer.</summary>
    public int Round()
    {
        foreach (MemoryConnection client in _clients)
        {
            client.PeerSend(_request);
        }

        _proxy.Loop.RunUntilIdle();
        if (_origins.Length != _proxy.Origin.Connections.Count)
        {
            _origins = [.. _proxy.Origin.Connections.Select(peer => peer.Connection)];
        }

        foreach (MemoryConnection origin in _origins)
        {
            if (origin.Sent.Length > 0)
            {
                origin.ClearSent();
                origin.PeerSend(_response);
            }
        }

        _proxy.Loop.RunUntilIdle();
        int answered = _clients[0].Sent.Length;
        foreach (MemoryConnection client in _clients)
        {
            if (client.Sent.Length != answered || !client.Sent.StartsWith("HTTP/1.1 20"u8) || client.IsShutDown)
            {
                return -1;
            }

            client.ClearSent();
        }

        return answered;
    }

    public void Dispose() => _proxy.Dispose();

    private sealed class Suspending : IRequestModule
    {
        public ValueTask<Verdict> OnRequestAsync(Exchange exchange) => WaitAsync(exchange);

        [System.Runtime.CompilerServices.AsyncMethodBuilder(typeof(Abstractions.Async.LoopMethodBuilder<>))]
        private static async ValueTask<Verdict> WaitAsync(Exchange exchange)
        {
            await exchange.Loop.YieldAsync();
            return Verdict.Continue;
        }
    }
}
