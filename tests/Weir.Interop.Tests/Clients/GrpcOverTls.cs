using Weir.Interop.Tests.Peers;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.Health;

namespace Weir.Interop.Tests.Clients;

/// <summary>gRPC over TLS on both sides, where each handshake agrees on h2 by ALPN; and what a gRPC check alone says of a server.</summary>
public sealed class GrpcOverTls : IDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly string _site;
    private readonly string[] _files;

    public GrpcOverTls()
    {
        _site = _authority.Issue("calls", new IssueWishes { IsRsa = true }, "calls.test");
        _files = [Path.Combine(_authority.Folder, "calls.pem"), Path.Combine(_authority.Folder, "calls.key")];
    }

    public void Dispose() => _authority.Dispose();

    [Theory]
    [InlineData("", "")]
    [InlineData(", protocol: h2", "")]
    [InlineData("", ", health: { active: { type: grpc, interval: 100ms } }")]
    public async Task Calls_of_every_kind_pass(string protocol, string more)
    {
        using GrpcServer server = await GrpcServer.StartAsync(_files);
        await using RunningWeir weir = await RunningWeir.StartAsync($$"""
            listen: [{ address: "127.0.0.1:0", tls: true }]
            upstreams:
              app: { servers: [{ url: "https://127.0.0.1:{{server.Port}}", tls: { ca: "{{_authority.Authority}}", server_name: calls.test }{{protocol}} }]{{more}} }
            sites: { "*": { to: app, tls: { {{_site}} } } }
            """);
        await GrpcServer.AskSecurelyAsync(_authority.Authority, weir.Port, "kinds");
        await GrpcServer.AskSecurelyAsync(_authority.Authority, weir.Port, "bidirectional");
        await GrpcServer.AskSecurelyAsync(_authority.Authority, weir.Port, "trailers_only");
    }

    [Fact]
    public async Task A_gRPC_check_implies_HTTP_2_also_in_the_clear()
    {
        using GrpcServer server = await GrpcServer.StartAsync();
        await using RunningWeir weir = await RunningWeir.StartAsync($$"""
            listen: [{ address: "127.0.0.1:0", protocols: [h2] }]
            upstreams:
              app: { servers: ["{{server.Url}}"], health: { active: { type: grpc, service: test.Echo, interval: 100ms } } }
            sites: { "*": app }
            """);
        await UntilAsync(weir.Host.Control.LiveUpstreams.Single(), ServerHealth.Healthy);
        await GrpcServer.AskAsync(weir.Port, "kinds");
    }

    [Fact]
    public async Task A_check_at_another_port_agrees_on_h2_whatever_the_server_speaks()
    {
        using GrpcServer health = await GrpcServer.StartAsync(_files);
        await using RunningWeir weir = await RunningWeir.StartAsync($$"""
            upstreams:
              app:
                servers: [{ url: "https://127.0.0.1:1", protocol: h1, tls: { ca: "{{_authority.Authority}}", server_name: calls.test } }]
                health: { active: { type: grpc, service: test.Echo, interval: 100ms, port: {{health.Port}} } }
            sites: { "*": app }
            """);
        await UntilAsync(weir.Host.Control.LiveUpstreams.Single(), ServerHealth.Healthy);
    }

    private static async Task UntilAsync(UpstreamState app, ServerHealth health)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20));
        for (int i = 0; i < 1_000
            && (app.Servers[0].HealthAt(Environment.TickCount64) != health || app.Servers[0].History.ToList().Count == 0); i++)
        {
            await timer.WaitForNextTickAsync();
        }

        app.Servers[0].HealthAt(Environment.TickCount64).ShouldBe(health);
    }
}
