using System.Text;

namespace Weir.Config.Tests;

/// <summary>Files in memory; a glob is matched by its end behind the star.</summary>
internal sealed class MemoryFiles(params (string Name, string Text)[] files) : IConfigFiles
{
    public byte[]? Read(string file, int mostOctets, out string? reason)
    {
        string? text = files.FirstOrDefault(candidate => candidate.Name == file).Text;
        reason = text is null ? "there is no such file" : null;
        return text is null ? null : Encoding.UTF8.GetBytes(text);
    }

    public IReadOnlyList<string> Find(string folder, string glob, int most)
    {
        string prefix = Path.Combine(folder, glob[..glob.IndexOf('*')]);
        string suffix = glob[(glob.IndexOf('*') + 1)..];
        return [.. files.Select(file => file.Name).Where(name => name.StartsWith(prefix) && name.EndsWith(suffix)).Order().Take(most)];
    }
}
