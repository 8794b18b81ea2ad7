using Weir.Upstream.Resolving;

namespace Weir.Upstream.Tests.Resolving;

/// <summary>A directory of its own with the two files of a resolver; removed at the end of the test.</summary>
internal sealed class ResolverDirectory : IDisposable
{
    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("weir-resolving-");
    private DateTime _time = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);

    public string ResolvConf => Path.Combine(_directory.FullName, "resolv.conf");

    public string Hosts => Path.Combine(_directory.FullName, "hosts");

    /// <summary>Options that read from here, with jitter at its lower end: refreshes come at nine tenths of a lifetime.</summary>
    public NameResolverOptions Options(params ScriptedDnsServer[] servers) => new()
    {
        ResolvConfPath = ResolvConf,
        HostsPath = Hosts,
        Servers = servers.Length == 0 ? null : [.. servers.Select(s => s.EndPoint)],
        NextJitter = static () => 0,
    };

    /// <summary>Writes a file with a time that no write before had.</summary>
    public void Write(string path, string text)
    {
        File.WriteAllText(path, text);
        _time += TimeSpan.FromSeconds(1);
        File.SetLastWriteTimeUtc(path, _time);
    }

    public void Dispose() => _directory.Delete(recursive: true);
}
