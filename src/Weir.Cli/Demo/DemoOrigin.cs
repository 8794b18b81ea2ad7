using System.Globalization;
using Weir.Hosting;

namespace Weir.Cli.Demo;

/// <summary>A small origin server that can be killed and brought back: a Weir of its own that answers by itself.</summary>
internal sealed class DemoOrigin
{
    private WeirHost? _host;

    public DemoOrigin(string name) => Name = name;

    public string Name { get; }

    public bool IsRunning => _host is not null;

    /// <summary>Its port: chosen by the system at the first start, and the same ever after.</summary>
    public int Port { get; private set; }

    public async Task StartAsync()
    {
        string text = $$"""
            listen: ["127.0.0.1:{{Port}}"]
            admin: off
            process: { loops: 1 }
            log: { level: error, access: off }
            sites:
              "*":
                stack:
                  - respond: { body: "Hello from {{Name}}.\n", headers: { X-Origin: {{Name}} } }
            """;
        (_host, _) = await DemoShow.StartAsync(text);
        string address = _host.Addresses[0];
        Port = int.Parse(address[(address.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture);
    }

    /// <summary>Ends it as a crash would: connections are cut, nobody is told.</summary>
    public async Task KillAsync()
    {
        if (_host is { } host)
        {
            _host = null;
            await host.DrainAsync(TimeSpan.Zero);
            await host.DisposeAsync();
        }
    }
}
