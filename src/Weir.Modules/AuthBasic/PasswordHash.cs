using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Modules.AuthBasic;

/// <summary>
/// Checks passwords against hashes in the forms of crypt(3). The system's library does the work; only Apache's variant of one form it does
/// not have.
/// </summary>
internal static class PasswordHash
{
    // Each step of bcrypt's number, and of yescrypt's letter, doubles the time.
    private const int MostBcryptCost = 15;
    private const long MostRounds = 5_000_000;
    private const int UsualRounds = 5000;

    /// <summary>Why a hash cannot be used, as the end of a sentence; null: it can.</summary>
    public static string? ProblemOf(string hash)
    {
        if (CostOf(hash) == 0)
        {
            return "the password is in the clear, or hashed in a form that is cut, not safe or not known";
        }

        bool isTooDear = hash.StartsWith("$2", StringComparison.Ordinal) ? BcryptCost(hash) > MostBcryptCost : Rounds(hash) > MostRounds;
        return isTooDear ? "hashing it once would take seconds"
            : ApacheMd5.IsFor(hash) ? null
            : CryptLibrary.ProblemOf(hash);
    }

    /// <summary>How long it takes, to be compared with others; 0: the form is not known, or the hash is cut.</summary>
    public static double CostOf(string hash) => FormOf(hash) switch
    {
        "2a" or "2b" or "2y" when IsBcrypt(hash) => 1e6 * Math.Pow(2, BcryptCost(hash)),
        "y" or "gy" when TailOf(hash) == 43 => 1e8,
        "6" when TailOf(hash) == 86 => 1e3 * Rounds(hash),
        "5" when TailOf(hash) == 43 => 1e3 * Rounds(hash),
        "apr1" when ApacheMd5.IsFor(hash) => 1e5,
        _ => 0,
    };

    /// <summary>Whether a password has a hash. Takes as long as the hash says: never on a loop.</summary>
    /// <param name="password">The password's octets; without 0, which would end it for some forms.</param>
    /// <param name="hash">The hash.</param>
    public static bool IsOf(ReadOnlySpan<byte> password, string hash)
    {
        if (password.Contains((byte)0))
        {
            return false;
        }

        string? made = ApacheMd5.IsFor(hash) ? ApacheMd5.Make(password, hash) : CryptLibrary.Make(password, hash);
        return made is not null && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(made), Encoding.ASCII.GetBytes(hash));
    }

    private static string FormOf(string hash) => hash.StartsWith('$') && hash.IndexOf('$', 1) is > 0 and var end ? hash[1..end] : "";

    private static int TailOf(string hash) => hash.Length - hash.LastIndexOf('$') - 1;

    private static bool IsBcrypt(string hash) =>
        hash.Length == 60 && hash[3] == '$' && char.IsAsciiDigit(hash[4]) && char.IsAsciiDigit(hash[5]) && hash[6] == '$';

    private static int BcryptCost(string hash) => int.Parse(hash.AsSpan(4, 2), CultureInfo.InvariantCulture);

    private static long Rounds(string hash)
    {
        const string Prefix = "rounds=";
        string[] parts = hash.Split('$');
        return parts.Length > 2 && parts[2].StartsWith(Prefix, StringComparison.Ordinal)
            && long.TryParse(parts[2].AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long rounds) ? rounds : UsualRounds;
    }
}
