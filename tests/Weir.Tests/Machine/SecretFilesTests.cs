using Weir.Abstractions.Options;
using Weir.Config.Model;
using Weir.Machine;

namespace Weir.Tests.Machine;

public sealed class SecretFilesTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("weir-secrets-");

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_token_that_others_can_read_or_write_is_a_warning(UnixFileMode more)
    {
        ConfigError[] found = [.. SecretFiles.Review(WithToken(UnixFileMode.UserRead | more))];

        found.Length.ShouldBe(1);
        found[0].IsWarning.ShouldBeTrue();
        found[0].ToString().ShouldContain("weir.yaml:3:5: warning: admin.token_file: other users can read 'token'");
    }

    [Fact]
    public void A_token_of_its_user_alone_is_none() => SecretFiles.Review(WithToken(UnixFileMode.UserRead)).ShouldBeEmpty();

    [Fact]
    public void A_missing_file_is_for_its_reader_to_report()
    {
        WeirConfig config = WithToken(UnixFileMode.UserRead);
        File.Delete(Path.Combine(_folder.FullName, "token"));

        SecretFiles.Review(config).ShouldBeEmpty();
    }

    [Fact]
    public void Keys_towards_origins_of_sites_and_of_modules_are_secrets_too()
    {
        foreach (string file in (string[])["origin.key", "site.key", "module.key", "certificate"])
        {
            string path = Path.Combine(_folder.FullName, file);
            File.WriteAllText(path, "x");
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        }

        Position place = new(Path.Combine(_folder.FullName, "weir.yaml"), 7, 3);
        WeirConfig config = new()
        {
            Admin = new AdminConfig { IsOff = true, TokenFile = "certificate" },
            Upstreams = new Dictionary<string, UpstreamConfig>
            {
                ["app"] = new()
                {
                    Servers = [new ServerConfig { Tls = new OriginTlsConfig { Certificate = "certificate", Key = "origin.key" }, Position = place }],
                },
            },
            Sites = new Dictionary<string, SiteConfig>
            {
                ["a"] = new()
                {
                    Tls = new SiteTlsConfig { Certificate = "certificate", Key = "site.key", Position = place },
                    Stack = [new StackEntry { Name = "gate", Options = new GateOptions { UsersFile = "module.key" }, Position = place }],
                },
            },
        };
        SecretFiles.Review(config).Select(found => found.Cause[..found.Cause.IndexOf(':', StringComparison.Ordinal)])
            .ShouldBe(["upstreams.app.servers.tls.key", "sites.a.tls.key", "gate.users_file"], ignoreOrder: true);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private WeirConfig WithToken(UnixFileMode mode)
    {
        string path = Path.Combine(_folder.FullName, "token");
        File.WriteAllText(path, "secret");
        File.SetUnixFileMode(path, mode);
        return new WeirConfig
        {
            Admin = new AdminConfig { TokenFile = "token", Position = new Position(Path.Combine(_folder.FullName, "weir.yaml"), 3, 5) },
        };
    }

    private sealed record GateOptions
    {
        [Option("Who may pass.", IsSecretFile = true)]
        public string? UsersFile { get; init; }
    }
}
