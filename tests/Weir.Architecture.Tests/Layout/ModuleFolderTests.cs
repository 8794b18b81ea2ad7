namespace Weir.Architecture.Tests.Layout;

public sealed class ModuleFolderTests
{
    private const string Modules = "src/Weir.Modules";

    // What several modules use; all other folders are modules.
    private static readonly string[] _shared = ["Limiting", "Remembering", "Tokens"];

    private static IEnumerable<string> Folders =>
        Repository.FoldersIn(Modules).Where(folder => !_shared.Contains(Path.GetFileName(folder)));

    [Fact]
    public void A_modules_folder_holds_its_module_options_factory_and_readme()
    {
        List<string> missing = [];
        foreach (string folder in Folders)
        {
            string name = Path.GetFileName(folder);
            string[] wanted = [$"{name}Module.cs", $"{name}Options.cs", $"{name}Factory.cs", "README.md"];
            missing.AddRange(wanted.Select(file => $"{folder}/{file}").Where(file => !Repository.Exists(file)));
        }

        missing.ShouldBeEmpty();
    }

    [Fact]
    public void A_modules_readme_is_about_ten_lines() =>
        Folders
            .Select(folder => $"{folder}/README.md")
            .Where(Repository.Exists)
            .Where(file => Repository.ReadLines(file).Length is < 4 or > 40)
            .ShouldBeEmpty();

    [Fact]
    public void A_module_uses_no_other_module()
    {
        string[] names = [.. Folders.Select(folder => Path.GetFileName(folder)!)];
        List<string> breaches = [];
        foreach (string file in Repository.FilesUnder(Modules, "*.cs").Where(file => file.Split('/').Length == 4))
        {
            string own = file.Split('/')[2];
            breaches.AddRange(Repository.CodeLines(file)
                .Where(line => names.Any(name => name != own && line.Code.Contains($"Weir.Modules.{name}", StringComparison.Ordinal)))
                .Select(line => $"{file}:{line.Number} {line.Code.Trim()}"));
        }

        breaches.ShouldBeEmpty();
    }
}
