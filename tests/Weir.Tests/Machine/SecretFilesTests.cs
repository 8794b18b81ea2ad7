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
}
