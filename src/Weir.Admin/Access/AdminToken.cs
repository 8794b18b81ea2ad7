using System.Security.Cryptography;
using System.Text;

namespace Weir.Admin.Access;

/// <summary>The token of a file. It is read again when the file has changed; a file that cannot be read matches nothing.</summary>
public sealed class AdminToken
{
    /// <summary>A shorter one can be guessed.</summary>
    public const int MinCharacters = 16;

    private const int MaxOctets = 4096;

    private readonly Lock _lock = new();
    private readonly string _file;
    private DateTime _writtenAt;
    private byte[]? _hash;

    public AdminToken(string file) => _file = file;

    /// <summary>Reads a token's file. Null and a reason when there is no usable token in it.</summary>
    /// <param name="file">The file.</param>
    /// <param name="problem">What is wrong; empty when nothing is.</param>
    public static string? Read(string file, out string problem)
    {
        try
        {
            using FileStream stream = File.OpenRead(file);
            byte[] octets = new byte[MaxOctets];
            int count = stream.ReadAtLeast(octets, MaxOctets, throwOnEndOfStream: false);
            string token = Encoding.UTF8.GetString(octets, 0, count).Trim();
            problem = count == MaxOctets ? $"it has {MaxOctets} octets or more"
                : token.Length < MinCharacters ? $"the token has fewer than {MinCharacters} characters"
                : token.Any(letter => letter is <= ' ' or > '~') ? "the token holds a character that is no printable ASCII"
                : "";
            return problem.Length == 0 ? token : null;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            problem = exception.Message;
            return null;
        }
    }

    /// <summary>Whether that is the token. Takes the same time wherever it differs.</summary>
    public bool Matches(ReadOnlySpan<char> given)
    {
        if (Hash() is not { } wanted || given.Length > MaxOctets)
        {
            return false;
        }

        // Hashes have one length, so that the comparison tells nothing of the token's.
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(given.Trim().ToString()), hash);
        return CryptographicOperations.FixedTimeEquals(hash, wanted);
    }

    private byte[]? Hash()
    {
        lock (_lock)
        {
            DateTime writtenAt = File.GetLastWriteTimeUtc(_file);
            if (_hash is null || writtenAt != _writtenAt)
            {
                _writtenAt = writtenAt;
                _hash = Read(_file, out _) is { } token ? SHA256.HashData(Encoding.UTF8.GetBytes(token)) : null;
            }

            return _hash;
        }
    }
}
