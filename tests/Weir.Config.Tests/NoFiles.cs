namespace Weir.Config.Tests;

/// <summary>A file system without files.</summary>
internal sealed class NoFiles : IConfigFiles
{
    public byte[]? Read(string file, int mostOctets, out string? reason)
    {
        reason = "there is no such file";
        return null;
    }

    public IReadOnlyList<string> Find(string folder, string glob, int most) => [];
}
