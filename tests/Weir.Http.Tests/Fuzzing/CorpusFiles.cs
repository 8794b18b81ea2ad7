namespace Weir.Http.Tests.Fuzzing;

/// <summary>The inputs that fuzzing starts from: octets as they would come from the network.</summary>
internal static class CorpusFiles
{
    /// <summary>All files of a folder under Corpus, in a fixed order.</summary>
    public static byte[][] Read(string kind)
    {
        string folder = Path.Combine(AppContext.BaseDirectory, "Corpus", kind);
        byte[][] files = [.. Directory.GetFiles(folder, "*.http").Order(StringComparer.Ordinal).Select(File.ReadAllBytes)];
        files.Length.ShouldBeGreaterThan(40);
        return files;
    }
}
