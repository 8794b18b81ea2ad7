using System.Security.Cryptography;
using Weir.Abstractions.Options;
using Weir.Config;
using Weir.Config.Model;
using Weir.Net.Tls;

namespace Weir.Certificates;

/// <summary>The keys of session tickets that several processes share, as their file holds them.</summary>
/// <param name="File">The file as it was when it was read.</param>
/// <param name="Octets">The keys, the one that seals first.</param>
internal sealed record TicketKeyFile(WatchedFile File, byte[] Octets)
{
    private const int MostKeys = 16;

    /// <summary>Reads the file that a configuration names; null where it names none, or after an error.</summary>
    public static TicketKeyFile? Read(ProcessConfig process, List<ConfigError> errors)
    {
        if (process.TicketKeysFile is not { } name)
        {
            return null;
        }

        string path = ModulePlaces.ResolvePath(process.Position, name);
        WatchedFile watched = WatchedFile.Of(path);
        if (NamedFile.TryRead(path, out string problem) is { } octets)
        {
            problem = ProblemOf(octets);
            if (problem.Length == 0)
            {
                return new TicketKeyFile(watched, octets);
            }

            CryptographicOperations.ZeroMemory(octets);
        }

        errors.Add(new ConfigError(
            process.Position.File, process.Position.Line, process.Position.Column, $"The file '{name}' cannot be used: {problem}.",
            $"Make a key with `openssl rand {TlsTicketKeys.KeyOctets}`; several stand one behind the other, the one that seals first."));
        return null;
    }

    private static string ProblemOf(ReadOnlySpan<byte> octets)
    {
        int keys = octets.Length / TlsTicketKeys.KeyOctets;
        if (keys == 0 || (octets.Length % TlsTicketKeys.KeyOctets != 0 && keys < MostKeys))
        {
            return $"it holds {octets.Length} octets, and a key has {TlsTicketKeys.KeyOctets}";
        }

        if (octets.Length > MostKeys * TlsTicketKeys.KeyOctets)
        {
            return $"it holds more than {MostKeys} keys";
        }

        return TlsTicketKeys.HasTwice(octets) ? "two of its keys have the same name (their first 16 octets)" : "";
    }
}
