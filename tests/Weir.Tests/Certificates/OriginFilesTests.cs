using Weir.Certificates;
using Weir.Config;
using Weir.Config.Model;
using Weir.Modules;
using Weir.Telemetry.Events;
using Weir.Tests.Stapling;
using Weir.Upstream.Connecting;

namespace Weir.Tests.Certificates;

public sealed class OriginFilesTests : IDisposable
{
    private readonly OcspAuthority _authority = new();
    private readonly KeptEvents _events = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public void A_change_is_taken_once_it_stays_and_a_broken_file_keeps_what_was_there()
    {
        string ca = Path.Combine(_authority.Folder, "ca.pem");
        ServerConfig server = Read($$"""
            upstreams: { app: { servers: [{ url: "https://10.0.0.1", tls: { ca: {{ca}} } }] } }
            sites: { "*": { to: app } }
            """).Upstreams["app"].Servers[0];
        OriginFiles files = new();
        WeirLog log = new(_events);
        OriginTls tls = files.Make(server, options => new OriginTls(options.ShouldNotBeNull(), []));
        files.Look(log);
        _events.Names.ShouldBeEmpty();

        File.AppendAllText(ca, "\n");
        files.Look(log);
        _events.Names.ShouldBeEmpty("It may still be written.");
        files.Look(log);
        _events.Names.ShouldBe(["origin_files_renewed"]);

        File.WriteAllText(ca, "broken");
        files.Look(log);
        files.Look(log);
        files.Look(log);
        _events.Names.ShouldBe(["origin_files_renewed", "origin_files_kept"], "It is told once.");
        GC.KeepAlive(tls);
    }

    private static WeirConfig Read(string yaml)
    {
        ConfigResult read = ConfigReader.ReadText("admin: off\nlisten: [\":8080\"]\n" + yaml, "test.yaml", new StandardModules());
        read.Errors.Where(error => !error.IsWarning).ShouldBeEmpty();
        return read.Config!;
    }
}
