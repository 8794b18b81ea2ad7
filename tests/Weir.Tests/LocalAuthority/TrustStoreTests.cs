using Weir.LocalAuthority;

namespace Weir.Tests.LocalAuthority;

public sealed class TrustStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-trust-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_root_is_put_where_everybody_can_read_it_and_taken_away_again()
    {
        TrustStore store = new(_folder, Program("echo run >>\"$(dirname \"$0\")/runs\""));
        (await store.InstallAsync("the root")).ShouldBeNull();
        File.ReadAllText(store.File).ShouldBe("the root");
        File.GetUnixFileMode(store.File).HasFlag(UnixFileMode.OtherRead).ShouldBeTrue();
        (await store.UninstallAsync()).ShouldBeNull();
        File.Exists(store.File).ShouldBeFalse();
        File.ReadAllLines(Path.Combine(_folder, "runs")).Length.ShouldBe(2);
        (await store.UninstallAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task What_goes_wrong_is_told()
    {
        (await new TrustStore(Path.Combine(_folder, "none")).InstallAsync("root")).ShouldBe(
            $"there is no folder {_folder}/none on this machine");
        (await new TrustStore(_folder, Program("echo why >&2; exit 3")).InstallAsync("root")).ShouldNotBeNull().ShouldEndWith("ended with 3: why");
        (await new TrustStore(_folder, Path.Combine(_folder, "missing")).InstallAsync("root")).ShouldNotBeNull().ShouldContain("cannot be run");
    }

    private string Program(string commands)
    {
        string file = Path.Combine(_folder, "update.sh");
        File.WriteAllText(file, "#!/bin/sh\n" + commands + "\n");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return file;
    }
}
