using System.Security.Cryptography;

namespace Weir.Modules.Challenge;

/// <summary>
/// The puzzle: find digits so that the SHA-256 of "STAMP:DIGITS" begins with so many zero bits. The text fits one block, so that a try
/// costs the same everywhere.
/// </summary>
internal static class Puzzle
{
    /// <summary>The longest answer.</summary>
    public const int MostOctets = Stamps.TextOctets + 1 + MostDigits;

    private const int MostDigits = 14;

    /// <summary>Parts an answer into stamp and digits; false when it has not that form.</summary>
    public static bool TryPart(ReadOnlySpan<byte> answer, out ReadOnlySpan<byte> stamp)
    {
        stamp = default;
        if (answer.Length is <= Stamps.TextOctets + 1 or > MostOctets || answer[Stamps.TextOctets] != (byte)':'
            || answer[(Stamps.TextOctets + 1)..].ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            return false;
        }

        stamp = answer[..Stamps.TextOctets];
        return true;
    }

    /// <summary>Whether an answer shows so much work.</summary>
    public static bool IsSolved(ReadOnlySpan<byte> answer, int bits)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(answer, hash);
        int zero = 0;
        foreach (byte octet in hash)
        {
            if (octet != 0)
            {
                zero += byte.LeadingZeroCount(octet);
                break;
            }

            zero += 8;
        }

        return zero >= bits;
    }
}
