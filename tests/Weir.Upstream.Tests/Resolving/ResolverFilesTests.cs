using System.Net;
using Weir.Upstream.Resolving;

namespace Weir.Upstream.Tests.Resolving;

public sealed class ResolverFilesTests : IDisposable
{
    private readonly ResolverDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public void Missing_files_mean_the_local_server_and_no_names()
    {
        ResolverFiles files = Open();
        files.ResolvConf.Servers.ShouldBe([IPEndPoint.Parse("127.0.0.1:53")]);
        files.Hosts.Count.ShouldBe(0);
        files.CheckForChanges().ShouldBeFalse();
    }

    [Fact]
    public void A_file_is_read_again_when_its_time_changes_and_only_then()
    {
        _directory.Write(_directory.ResolvConf, "nameserver 192.0.2.1\n");
        _directory.Write(_directory.Hosts, "192.0.2.1 a\n");
        ResolverFiles files = Open();
        ResolvConf first = files.ResolvConf;
        HostsFile firstHosts = files.Hosts;
        files.CheckForChanges().ShouldBeFalse();
        files.ResolvConf.ShouldBeSameAs(first);

        _directory.Write(_directory.ResolvConf, "nameserver 192.0.2.2\n");
        files.CheckForChanges().ShouldBeTrue();
        files.ResolvConf.Servers.ShouldBe([IPEndPoint.Parse("192.0.2.2:53")]);
        files.Hosts.ShouldBeSameAs(firstHosts);

        _directory.Write(_directory.Hosts, "192.0.2.1 b\n");
        files.CheckForChanges().ShouldBeTrue();
        files.Hosts.TryGet("a", out _).ShouldBeFalse();
        files.Hosts.TryGet("b", out _).ShouldBeTrue();
    }

    [Fact]
    public void A_file_that_vanishes_falls_back_to_the_defaults()
    {
        _directory.Write(_directory.ResolvConf, "nameserver 192.0.2.1\n");
        ResolverFiles files = Open();
        File.Delete(_directory.ResolvConf);
        files.CheckForChanges().ShouldBeTrue();
        files.ResolvConf.Servers.ShouldBe([IPEndPoint.Parse("127.0.0.1:53")]);
    }

    private ResolverFiles Open() => new(_directory.ResolvConf, _directory.Hosts, static conf => conf);
}
