using System.Security.Cryptography;

namespace Weir.Machine;

/// <summary>
/// Files for this user alone, each written whole beside and then given its name: whoever reads finds the old one or the new one.
/// </summary>
internal static class PrivateFiles
{
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int MostOctets = 1 << 20;

    /// <summary>Makes a folder, and what it lies in where that is missing, and takes others' rights to it away.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not make it.</exception>
    public static void MakeFolder(string path)
    {
        if (Path.GetDirectoryName(path) is { } around && !Directory.Exists(around))
        {
            MakeFolder(around);
        }

        DirectoryInfo folder = Directory.CreateDirectory(path, FolderMode);
        if ((folder.UnixFileMode & ~FolderMode) != UnixFileMode.None)
        {
            folder.UnixFileMode &= FolderMode;
        }
    }

    /// <summary>Replaces a file, or makes it.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write it.</exception>
    public static void Write(string path, ReadOnlySpan<byte> octets) => File.Move(Beside(path, octets), path, overwrite: true);

    /// <summary>Makes a file. False: another process was first, and its file stays.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not write it.</exception>
    public static bool TryCreate(string path, ReadOnlySpan<byte> octets)
    {
        string beside = Beside(path, octets);
        try
        {
            File.Move(beside, path, overwrite: false);
            return true;
        }
        catch (IOException) when (File.Exists(path))
        {
            File.Delete(beside);
            return false;
        }
    }

    /// <summary>A file's text; null: it is not there.</summary>
    /// <exception cref="IOException">It cannot be read, or is far larger than it can rightly be.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not read it.</exception>
    public static string? Read(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        return new FileInfo(path).Length <= MostOctets
            ? File.ReadAllText(path)
            : throw new IOException($"it has more than {MostOctets} octets");
    }

    /// <summary>Puts a damaged file out of the way, for a person to look at.</summary>
    /// <exception cref="IOException">It cannot be moved.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not move it.</exception>
    public static void SetAside(string path) => File.Move(path, path + ".damaged", overwrite: true);

    private static string Beside(string path, ReadOnlySpan<byte> octets)
    {
        MakeFolder(Path.GetDirectoryName(path)!);
        string beside = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        FileStreamOptions options = new() { Mode = System.IO.FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = FileMode };
        using FileStream file = new(beside, options);
        file.Write(octets);
        file.Flush(flushToDisk: true);
        return beside;
    }
}
