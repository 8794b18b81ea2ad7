using System.Security.Cryptography;
using System.Text;

namespace Weir.Modules.AuthBasic;

/// <summary>
/// "$apr1$", the form that Apache's htpasswd made for decades: MD5 a thousand times over. Weak against who has the file, and common.
/// </summary>
internal static class ApacheMd5
{
    private const string Prefix = "$apr1$";
    private const string Letters = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int MostSalt = 8;
    private const int DigestLetters = 22;
    private const int Rounds = 1000;

    // Which octets of the digest become four letters together, the highest first; the last one is alone.
    private static readonly (int High, int Middle, int Low)[] _order = [(0, 6, 12), (1, 7, 13), (2, 8, 14), (3, 9, 15), (4, 10, 5)];

    /// <summary>Whether a hash is of this form.</summary>
    public static bool IsFor(string hash) => hash.StartsWith(Prefix, StringComparison.Ordinal)
        && hash.IndexOf('$', Prefix.Length) is var end && end >= Prefix.Length && end <= Prefix.Length + MostSalt
            && hash.Length == end + 1 + DigestLetters;

    /// <summary>The hash of a password with the salt of another.</summary>
    public static string Make(ReadOnlySpan<byte> password, string setting)
    {
        string salt = setting[Prefix.Length..setting.IndexOf('$', Prefix.Length)];
        byte[] saltOctets = Encoding.ASCII.GetBytes(salt);
        byte[] digest = First(password, saltOctets);
        for (int round = 0; round < Rounds; round++)
        {
            using IncrementalHash hash = New();
            hash.AppendData((round & 1) != 0 ? password : digest);
            if (round % 3 != 0)
            {
                hash.AppendData(saltOctets);
            }

            if (round % 7 != 0)
            {
                hash.AppendData(password);
            }

            hash.AppendData((round & 1) != 0 ? digest : password);
            hash.GetHashAndReset(digest);
        }

        StringBuilder text = new StringBuilder(Prefix).Append(salt).Append('$');
        foreach ((int high, int middle, int low) in _order)
        {
            Append(text, (digest[high] << 16) | (digest[middle] << 8) | digest[low], 4);
        }

        Append(text, digest[11], 2);
        return text.ToString();
    }

    private static byte[] First(ReadOnlySpan<byte> password, byte[] salt)
    {
        using IncrementalHash inner = New();
        inner.AppendData(password);
        inner.AppendData(salt);
        inner.AppendData(password);
        byte[] mixed = inner.GetHashAndReset();

        using IncrementalHash outer = New();
        outer.AppendData(password);
        outer.AppendData(Encoding.ASCII.GetBytes(Prefix));
        outer.AppendData(salt);
        for (int left = password.Length; left > 0; left -= mixed.Length)
        {
            outer.AppendData(mixed.AsSpan(0, Math.Min(left, mixed.Length)));
        }

        for (int bits = password.Length; bits != 0; bits >>= 1)
        {
            outer.AppendData((bits & 1) != 0 ? [0] : password[..1]);
        }

        return outer.GetHashAndReset();
    }

    private static void Append(StringBuilder text, int value, int letters)
    {
        for (int i = 0; i < letters; i++)
        {
            text.Append(Letters[value & 63]);
            value >>= 6;
        }
    }

#pragma warning disable CA5351 // The form is what it is; who makes new lines gets bcrypt or yescrypt.
    private static IncrementalHash New() => IncrementalHash.CreateHash(HashAlgorithmName.MD5);
#pragma warning restore CA5351
}
