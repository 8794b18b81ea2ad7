using System.Net;
using System.Text.RegularExpressions;
using Weir.Abstractions.Options;
using Weir.Config;
using Weir.Config.Model;
using Weir.Hosting;
using Weir.Modules;
using Weir.Telemetry.Events;

namespace Weir.Interop.Tests.Peers;

/// <summary>A Weir in this process, from YAML, on a free loopback port.</summary>
internal sealed class RunningWeir : IAsyncDisposable
{
    private const string Quiet = "admin: off\nlog: { access: off }\n";
    private const string OneLoop = "process: { loops: 1 }\n";
    private const string Loopback = "listen: [\"127.0.0.1:0\"]\n";

    private readonly WeirHost _host;

    private RunningWeir(WeirHost host)
    {
        _host = host;
    }

    public WeirHost Host => _host;

    public IReadOnlyList<string> Addresses => _host.Addresses;

    public int Port => int.Parse(_host.Addresses[0][(_host.Addresses[0].LastIndexOf(':') + 1)..]);

    public string Url => $"http://127.0.0.1:{Port}";

    /// <summary>Starts with one loop, no log and one listener where the text does not say otherwise.</summary>
    public static async Task<RunningWeir> StartAsync(string yaml)
    {
        WeirConfig config = Read(yaml);
        List<ConfigError> errors = [];
        WeirHost? host = await WeirHost.StartAsync(config, new StandardModules(), WeirLog.Silent, errors);
        errors.Where(error => !error.IsWarning).ShouldBeEmpty();
        return new RunningWeir(host.ShouldNotBeNull());
    }

    /// <summary>The configuration that <see cref="StartAsync"/> would start with, for a reload.</summary>
    public static WeirConfig Read(string yaml)
    {
        string text = (HasKey(yaml, "log") ? "admin: off\n" : Quiet) + (HasKey(yaml, "process") ? "" : OneLoop)
            + (HasKey(yaml, "listen") ? "" : Loopback) + yaml;
        ConfigResult read = ConfigReader.ReadText(text, "test.yaml", new StandardModules());
        read.Errors.Where(error => !error.IsWarning).ShouldBeEmpty();
        return read.Config!;
    }

    /// <summary>Starts in front of one origin for every host.</summary>
    public static Task<RunningWeir> InFrontOfAsync(string url, string more = "") => StartAsync($"{more}\nsites:\n  \"*\": {url}\n");

    public Task<Wire> ConnectAsync() => Wire.ConnectAsync(new IPEndPoint(IPAddress.Loopback, Port));

    public async Task<string> AskAsync(string octets)
    {
        using Wire wire = await ConnectAsync();
        await wire.SendAsync(octets);
        return await wire.ReadResponseAsync();
    }

    public ValueTask DisposeAsync() => _host.DisposeAsync();

    private static bool HasKey(string yaml, string key) => KeyLine(key).IsMatch(yaml);

    private static Regex KeyLine(string key) => new($"^{key}:", RegexOptions.Multiline);
}
