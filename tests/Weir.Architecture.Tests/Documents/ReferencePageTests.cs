namespace Weir.Architecture.Tests.Documents;

public sealed class ReferencePageTests
{
    // Set to 1 to write the pages instead of comparing them.
    private const string WriteVariable = "WEIR_WRITE_REFERENCE";

    public static TheoryData<string> Pages => [.. ReferencePages.All.Keys];

    [Theory]
    [MemberData(nameof(Pages))]
    public void A_reference_page_is_current(string path)
    {
        string current = ReferencePages.All[path]();
        if (Environment.GetEnvironmentVariable(WriteVariable) == "1")
        {
            string file = Path.Combine(Repository.Root, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, current);
        }

        string stored = Repository.Exists(path) ? Repository.Read(path) : string.Empty;
        stored.ShouldBe(
            current,
            $"{path} is stale: run {WriteVariable}=1 dotnet tests/Weir.Architecture.Tests/bin/Release/net10.0/Weir.Architecture.Tests.dll and commit it.");
    }

    [Fact]
    public void No_reference_page_is_left_over() =>
        Repository.FilesUnder("docs/reference", "*.md").Except(ReferencePages.All.Keys, StringComparer.Ordinal).ShouldBeEmpty();
}
