using Weir.Abstractions.Files;
using Weir.Config;
using Weir.Config.Model;

namespace Weir.Certificates;

/// <summary>A file that the configuration names: read whole within a bound, and what stands in the way said in one form.</summary>
internal static class NamedFile
{
    /// <summary>Certificates of all authorities of the world are a quarter of it.</summary>
    private const int MostOctets = 4 << 20;

    /// <summary>What to do about a file that cannot be read.</summary>
    public const string Remedy = "Check the path and its rights.";

    /// <summary>A file's octets; null after its problem was told, with what to do about it.</summary>
    /// <param name="position">Where it is named: paths are relative to that file.</param>
    /// <param name="file">As it is named.</param>
    /// <param name="report">Is told cause and remedy.</param>
    public static byte[]? Read(Position position, string file, Action<string, string> report)
    {
        if (TryRead(ModulePlaces.ResolvePath(position, file), out string problem) is { } octets)
        {
            return octets;
        }

        report($"The file '{file}' cannot be read: {problem}.", Remedy);
        return null;
    }

    /// <summary>A file's octets; null: the problem, as the end of a sentence.</summary>
    /// <param name="path">Where it lies.</param>
    /// <param name="problem">Why not.</param>
    public static byte[]? TryRead(string path, out string problem)
    {
        problem = "";
        try
        {
            // A pipe would be waited on for ever.
            if (File.Exists(path) && !FileMark.Of(path).Exists)
            {
                problem = "it is no ordinary file";
                return null;
            }

            using FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            using MemoryStream octets = new();
            byte[] piece = new byte[16 * 1024];
            for (int count; (count = stream.Read(piece)) > 0;)
            {
                if (octets.Length + count > MostOctets)
                {
                    problem = $"it is larger than {MostOctets >> 20} MiB";
                    return null;
                }

                octets.Write(piece, 0, count);
            }

            return octets.ToArray();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem = exception switch
            {
                FileNotFoundException or DirectoryNotFoundException => "there is no such file",
                UnauthorizedAccessException => Directory.Exists(path) ? "it is a folder" : "it may not be read",
                _ => "the system refuses it",
            };
            return null;
        }
    }
}
