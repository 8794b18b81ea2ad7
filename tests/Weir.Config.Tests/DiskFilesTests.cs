namespace Weir.Config.Tests;

public sealed class DiskFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-config-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void A_glob_matches_names_and_folders_but_nothing_hidden()
    {
        foreach (string file in new[] { "a.yaml", "b.yml", ".c.yaml", "x/d.yaml", "x/y/e.yaml", ".z/f.yaml" })
        {
            string path = Path.Combine(_folder, file);
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, "");
        }

        Find("*.yaml").ShouldBe(["a.yaml"]);
        Find("*/*.yaml").ShouldBe(["x/d.yaml"]);
        Find("**/*.yaml").ShouldBe(["a.yaml", "x/d.yaml", "x/y/e.yaml"]);
        Find("?.y*ml").ShouldBe(["a.yaml", "b.yml"]);
        Find("none/*.yaml").ShouldBeEmpty();
    }

    [Fact]
    public void What_cannot_be_read_has_a_reason()
    {
        File.WriteAllBytes(Path.Combine(_folder, "big"), new byte[100]);
        DiskFiles.Instance.Read(Path.Combine(_folder, "big"), 100, out string? reason).ShouldNotBeNull();
        reason.ShouldBeNull();
        DiskFiles.Instance.Read(Path.Combine(_folder, "big"), 99, out reason).ShouldBeNull();
        reason.ShouldNotBeNull().ShouldContain("larger");
        DiskFiles.Instance.Read(Path.Combine(_folder, "none"), 99, out reason).ShouldBeNull();
        reason.ShouldBe("there is no such file");
        DiskFiles.Instance.Read(_folder, 99, out reason).ShouldBeNull();
        reason.ShouldBe("it is a folder");
    }

    private IEnumerable<string> Find(string glob) =>
        DiskFiles.Instance.Find(_folder, glob, 100).Select(path => Path.GetRelativePath(_folder, path));
}
