using System.Security.Cryptography;
using Weir.Config.Model;
using Weir.Telemetry.Events;

namespace Weir.Machine;

/// <summary>
/// A secret of 32 octets in a file of the data directory, made at first use, and shared by all processes of that directory.
/// </summary>
internal static class KeptSecret
{
    /// <summary>Octets of a secret.</summary>
    public const int Octets = 32;

    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>Where the file of that name is.</summary>
    public static string PathOf(ProcessConfig process, string name) => Path.Combine(DataFolder.PathOf(process), name);

    /// <summary>The secret, from the file or into it. Where that cannot be, one that ends with the process, and the warning.</summary>
    public static byte[] Open(ProcessConfig process, string name, WeirLog log, OperatorEvent failed)
    {
        string path = PathOf(process, name);
        try
        {
            if (!File.Exists(path))
            {
                _ = PrivateFiles.TryCreate(path, RandomNumberGenerator.GetBytes(Octets));
            }

            if ((File.GetUnixFileMode(path) & Others) != UnixFileMode.None)
            {
                log.Write(OperatorEvents.SecretReadable, path);
            }

            return Read(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            log.Write(failed, path, exception.Message);
            return RandomNumberGenerator.GetBytes(Octets);
        }
    }

    /// <summary>For who only asks: the secret where there is one that this user can read; nothing is made.</summary>
    public static byte[]? Find(ProcessConfig process, string name)
    {
        string path = PathOf(process, name);
        try
        {
            return File.Exists(path) ? Read(path) : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // Then what it seals cannot be read, and the explanation says so.
            return null;
        }
    }

    private static byte[] Read(string path)
    {
        byte[] secret = File.ReadAllBytes(path);
        return secret.Length == Octets ? secret : throw new InvalidDataException($"it holds {secret.Length} octets instead of {Octets}");
    }
}
