using Weir.Interop.Tests.Peers;
using Weir.Pipeline.Balancing;
using Weir.Pipeline.Health;

namespace Weir.Interop.Tests.Clients;

/// <summary>gRPC through Weir: python3-grpcio as client and server, HTTP/2 on both sides.</summary>
public sealed class GrpcCalls : IAsyncLifetime
{
    private const string Listen = "listen: [{ address: \"127.0.0.1:0\", protocols: [h2] }]\n";

    private GrpcServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await GrpcServer.StartAsync();

    public ValueTask DisposeAsync()
    {
        _server.Dispose();
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("kinds")]
    [InlineData("bidirectional")]
    [InlineData("large")]
    [InlineData("many")]
    [InlineData("trailers_only")]
    [InlineData("metadata")]
    [InlineData("resting")]
    public async Task Calls_of_every_kind_pass(string scenario)
    {
        await using RunningWeir weir = await StartAsync(", timeouts: { first_byte: 3s }");
        await GrpcServer.AskAsync(weir.Port, scenario);
    }

    [Theory]
    [InlineData("deadline")]
    [InlineData("cancel")]
    public async Task A_call_that_its_client_gives_up_is_cancelled_at_the_server(string scenario)
    {
        await using RunningWeir weir = await StartAsync("");
        await GrpcServer.AskAsync(weir.Port, scenario);
        (await _server.ReadLineAsync()).ShouldBe("cancelled");
    }

    [Fact]
    public async Task What_Weir_and_its_modules_answer_is_a_status_of_gRPC()
    {
        await using RawOrigin silent = new(wire => wire.ReadToEndAsync());
        await using RunningWeir weir = await RunningWeir.StartAsync(Listen + $$"""
            upstreams:
              dead: { servers: [{ url: "http://127.0.0.1:1", protocol: h2 }] }
              slow: { servers: [{ url: "{{silent.Url}}" }], timeouts: { first_byte: 1s } }
            sites:
              "*":
                routes:
                  - { path: /access/*, stack: [{ access: { deny: [0.0.0.0/0] } }], to: dead }
                  - { path: /login/*, stack: [{ respond: { status: 401, body: "who?" } }] }
                  - { path: /closed/*, stack: [{ respond: { status: 503, body: "later" } }] }
                  - { path: /limited/*, stack: [{ rate_limit: { rate: 1/m, burst: 1 } }], to: dead }
                  - { path: /dead/*, to: dead }
                  - { path: /slow/*, to: slow }
            """);
        await GrpcServer.AskAsync(weir.Port, "errors");
    }

    [Fact]
    public async Task The_health_of_a_service_decides_whether_its_server_is_used()
    {
        await using RunningWeir weir = await StartAsync(", health: { active: { type: grpc, service: test.Echo, interval: 100ms } }");
        UpstreamState app = weir.Host.Control.LiveUpstreams.Single();
        await UntilAsync(app, ServerHealth.Healthy);
        await GrpcServer.AskAsync(weir.Port, "health", "2");
        await UntilAsync(app, ServerHealth.Failing);
        app.Servers[0].History.ToList()[^1].Reason.ShouldStartWith("answered NOT_SERVING");
        await GrpcServer.AskAsync(_server.Port, "health", "1");
        await UntilAsync(app, ServerHealth.Healthy);
    }

    [Fact]
    public async Task A_service_that_the_server_does_not_know_is_not_healthy()
    {
        await using RunningWeir weir = await StartAsync(", health: { active: { type: grpc, service: test.Other, interval: 100ms } }");
        UpstreamState app = weir.Host.Control.LiveUpstreams.Single();
        await UntilAsync(app, ServerHealth.Failing);
        app.Servers[0].History.ToList()[^1].Reason.ShouldStartWith("it does not know the service");
    }

    private static async Task UntilAsync(UpstreamState app, ServerHealth health)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20));
        for (int i = 0; i < 1_000 && app.Servers[0].HealthAt(Environment.TickCount64) != health; i++)
        {
            await timer.WaitForNextTickAsync();
        }

        app.Servers[0].HealthAt(Environment.TickCount64).ShouldBe(health);
    }

    private Task<RunningWeir> StartAsync(string more) => RunningWeir.StartAsync(Listen + $$"""
        limits: { body_size: 100MiB }
        upstreams:
          app: { servers: [{ url: "{{_server.Url}}", protocol: h2 }]{{more}} }
        sites: { "*": app }
        """);
}
