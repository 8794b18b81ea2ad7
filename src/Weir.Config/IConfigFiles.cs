namespace Weir.Config;

/// <summary>The files that a configuration consists of.</summary>
public interface IConfigFiles
{
    /// <summary>
    /// Reads a file of at most <paramref name="mostOctets"/>. Returns its octets, or null with the reason in words ("there is no such
    /// file").
    /// </summary>
    byte[]? Read(string file, int mostOctets, out string? reason);

    /// <summary>The files that a glob (`*`, `?`, `**` for any folders) matches, in order; at most <paramref name="most"/>.</summary>
    IReadOnlyList<string> Find(string folder, string glob, int most);
}
