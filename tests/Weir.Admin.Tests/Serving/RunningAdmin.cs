using System.Net.Sockets;
using Weir.Abstractions.Modules;
using Weir.Abstractions.Options;
using Weir.Admin.Serving;
using Weir.Config;
using Weir.Hosting;
using Weir.Modules;
using Weir.Telemetry.Events;

namespace Weir.Admin.Tests.Serving;

/// <summary>A Weir with its admin in this process, on a free port and a socket of its own.</summary>
internal sealed class RunningAdmin : IAsyncDisposable
{
    public const string Token = "a-token-of-this-test";

    private readonly TemporaryFolder _folder;
    private readonly AdminServer _admin;

    private RunningAdmin(TemporaryFolder folder, WeirHost host, AdminServer admin, SeenEvents events)
    {
        _folder = folder;
        Host = host;
        _admin = admin;
        Events = events;
        Tcp = new HttpClient { BaseAddress = new Uri(admin.Url!) };
        Unix = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancelled) =>
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(admin.SocketPath!), cancelled);
                return new NetworkStream(socket, ownsSocket: true);
            },
        })
        {
            BaseAddress = new Uri("http://localhost"),
        };
    }

    public WeirHost Host { get; }

    public SeenEvents Events { get; }

    public HttpClient Tcp { get; }

    public HttpClient Unix { get; }

    public string SocketPath => _admin.SocketPath!;

    public string ConfigFile => _folder.Path("weir.yaml");

    public static string Frame(string yaml) => $$"""
        listen: ["127.0.0.1:0"]
        process: { loops: 1, data: data }
        admin: { socket: admin.sock, listen: "127.0.0.1:0", token_file: token }
        log: { access: off }
        {{yaml}}
        """;

    public static async Task<RunningAdmin> StartAsync(string yaml, params IModuleFactory[] modules)
    {
        StandardModules catalog = new(modules);
        TemporaryFolder folder = new();
        folder.Write("token", Token);
        string file = folder.Write("weir.yaml", Frame(yaml));
        ConfigResult read = ConfigReader.Read(file, catalog);
        List<ConfigError> errors = [.. read.Errors];
        SeenEvents events = new();
        WeirLog log = new(events);
        OpenedAdmin opened = OpenedAdmin.Open(read.Config!, log, errors).ShouldNotBeNull(string.Join('\n', errors));
        WeirHost host = (await WeirHost.StartAsync(read.Config!, catalog, log, errors, file)).ShouldNotBeNull(string.Join('\n', errors));
        AdminServer admin = (await AdminServer.StartAsync(opened, host.Control, log)).ShouldNotBeNull();
        return new RunningAdmin(folder, host, admin, events);
    }

    public async ValueTask DisposeAsync()
    {
        Tcp.Dispose();
        Unix.Dispose();
        await _admin.DisposeAsync();
        await Host.DisposeAsync();
        _folder.Dispose();
    }
}
