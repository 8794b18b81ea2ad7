using System.Security.Cryptography;
using Weir.Config.Model;
using Weir.Machine;
using Weir.Pipeline.Sticking;
using Weir.Telemetry.Events;

namespace Weir.Upstreams;

/// <summary>
/// The secret behind the cookies of sticky sessions: a file of the data directory, made at first use, so that clients keep their servers over
/// a restart, and over several processes that share the directory.
/// </summary>
internal static class StickySecret
{
    private const string FileName = "sticky.key";
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>The keys, from the file or into it. Where that cannot be, keys that end with the process, and a warning.</summary>
    public static StickyKeys Open(ProcessConfig process, WeirLog log)
    {
        string folder = DataFolder.PathOf(process);
        string path = Path.Combine(folder, FileName);
        try
        {
            if (!File.Exists(path))
            {
                DataFolder.Ensure(folder);
                Create(path);
            }

            if ((File.GetUnixFileMode(path) & Others) != UnixFileMode.None)
            {
                log.Write(OperatorEvents.SecretReadable, path);
            }

            return Read(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            log.Write(OperatorEvents.StickyKeyFailed, path, exception.Message);
            return StickyKeys.Fleeting();
        }
    }

    /// <summary>For who only asks: the keys where there are some that this user can read; nothing is made.</summary>
    public static StickyKeys? Find(ProcessConfig process)
    {
        string path = Path.Combine(DataFolder.PathOf(process), FileName);
        try
        {
            return File.Exists(path) ? Read(path) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // Then cookies cannot be read, and the explanation says so.
            return null;
        }
    }

    // Written whole beside, then given its name: who starts at the same time finds all of it, or nothing and tries to be first.
    private static void Create(string path)
    {
        string beside = $"{path}.{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8))}";
        FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write, UnixCreateMode = OwnerOnly };
        using (FileStream file = new(beside, options))
        {
            file.Write(RandomNumberGenerator.GetBytes(StickyKeys.SecretOctets));
            file.Flush(flushToDisk: true);
        }

        try
        {
            File.Move(beside, path, overwrite: false);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another process was first.
            File.Delete(beside);
        }
    }

    private static StickyKeys Read(string path)
    {
        byte[] secret = File.ReadAllBytes(path);
        return secret.Length == StickyKeys.SecretOctets
            ? new StickyKeys(secret)
            : throw new InvalidDataException($"it holds {secret.Length} octets instead of {StickyKeys.SecretOctets}");
    }
}
