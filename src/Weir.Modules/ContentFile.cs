namespace Weir.Modules;

/// <summary>A file whose content a module keeps in memory to answer with.</summary>
internal static class ContentFile
{
    private const long MaxOctets = 16 * 1024 * 1024;

    /// <summary>The content of a file that an option names; reports why it cannot be had, and is empty then.</summary>
    public static byte[] Read(CheckedBuilder check, string option, string file)
    {
        string path = check.ResolvePath(file);
        try
        {
            FileInfo info = new(path);
            if (info.Exists && info.Length > MaxOctets)
            {
                check.Error(
                    option,
                    $"\"{file}\" has {info.Length} octets, and it is kept in memory.",
                    "Serve it from an origin; 16MiB is the limit here.");
                return [];
            }

            return File.ReadAllBytes(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            check.Error(
                option,
                $"\"{file}\" cannot be read: {failure.Message}",
                "Check the name (relative to the configuration file) and its permissions.");
            return [];
        }
    }
}
