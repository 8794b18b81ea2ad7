namespace Weir.Architecture.Tests.Layout;

public sealed class FolderTests
{
    private static readonly string[] _junkDrawers = ["Common", "Utils", "Util", "Helpers", "Core", "Infrastructure", "Managers", "Shared", "Misc"];

    [Fact]
    public void No_folder_is_a_junk_drawer() =>
        Repository.FoldersUnder("src").Concat(Repository.FoldersUnder("tests"))
            .Where(folder => _junkDrawers.Contains(Path.GetFileName(folder), StringComparer.OrdinalIgnoreCase))
            .ShouldBeEmpty();

    [Fact]
    public void A_source_file_is_at_most_project_concept_file_deep()
    {
        Repository.Sources.ShouldNotBeEmpty();
        Repository.Sources.Where(file => file.Split('/').Length > 4).ShouldBeEmpty();
    }
}
