// Hot: asked for each request with a cookie of ours.
using System.Security.Cryptography;
using System.Text;
using Weir.Modules.Remembering;

namespace Weir.Modules.Challenge;

/// <summary>
/// What stamps are sealed with: of each secret a key a day, so that what one day's key sealed says nothing of another's, and ends with
/// the longest life. The first secret seals, all are tried. Immutable but for the keys and seals that it remembers, which are swapped
/// whole; any loop.
/// </summary>
internal sealed class SealKeys
{
    /// <summary>Octets of a seal.</summary>
    public const int SealOctets = 16;

    private const int LeastCharacters = 32;
    private const int MostSecrets = 8;
    private const int DaysRemembered = 32;
    private const long SecondsPerDay = 24 * 3600;

    private readonly byte[][] _secrets;
    private readonly DayKey?[] _days;
    private readonly Remembered<object> _good = new();

    /// <param name="secrets">The secrets, the one that seals first.</param>
    public SealKeys(byte[][] secrets)
    {
        _secrets = secrets;
        _days = new DayKey?[secrets.Length * DaysRemembered];
    }

    /// <summary>Reads a file of secrets: one a line, empty lines and those that begin with # left out.</summary>
    public static SealKeys Parse(byte[] octets, List<string> mistakes)
    {
        const StringSplitOptions Trimmed = StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries;
        string[] lines = Encoding.Latin1.GetString(octets).Split('\n', Trimmed);
        byte[][] secrets = [.. lines.Where(line => !line.StartsWith('#')).Select(Encoding.Latin1.GetBytes)];
        if (secrets.Length is 0 or > MostSecrets)
        {
            mistakes.Add($"It holds {secrets.Length} secrets; 1 to {MostSecrets} lines are read.");
        }
        else if (Array.FindIndex(secrets, secret => secret.Length < LeastCharacters) is >= 0 and int index)
        {
            int length = secrets[index].Length;
            mistakes.Add($"Its secret {index + 1} has {length} characters; {LeastCharacters} is the least that cannot be guessed.");
        }

        return new SealKeys(secrets);
    }

    /// <summary>Seals octets; the target has room for <see cref="SealOctets"/>.</summary>
    public void Seal(ReadOnlySpan<byte> octets, long issuedAt, Span<byte> target) => Compute(0, octets, issuedAt, target);

    /// <summary>Whether a seal is one of ours.</summary>
    public bool IsSeal(ReadOnlySpan<byte> octets, long issuedAt, ReadOnlySpan<byte> seal)
    {
        Span<byte> own = stackalloc byte[SealOctets];
        for (int secret = 0; secret < _secrets.Length; secret++)
        {
            Compute(secret, octets, issuedAt, own);
            if (CryptographicOperations.FixedTimeEquals(own, seal))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The digest of a seal, what it covers and whom it is for, by which one that was good is known again.</summary>
    public CredentialDigest DigestOf(ReadOnlySpan<byte> all) => _good.DigestOf(all);

    /// <summary>Whether a seal was found to be good.</summary>
    public bool IsKnown(CredentialDigest seal, long now) => _good.Find(seal, now) is not null;

    /// <summary>Remembers one that is good.</summary>
    public void Remember(CredentialDigest seal, long until, long now) => _good.Add(seal, this, until, now);

    private void Compute(int secret, ReadOnlySpan<byte> octets, long issuedAt, Span<byte> target)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(KeyOf(secret, issuedAt / SecondsPerDay), octets, hash);
        hash[..SealOctets].CopyTo(target);
    }

    private byte[] KeyOf(int secret, long day)
    {
        ref DayKey? place = ref _days[(secret * DaysRemembered) + (int)(day % DaysRemembered)];
        if (Volatile.Read(ref place) is { } known && known.Day == day)
        {
            return known.Key;
        }

        DayKey made = new(day, HMACSHA256.HashData(_secrets[secret], Encoding.ASCII.GetBytes($"weir challenge {day}")));
        Volatile.Write(ref place, made);
        return made.Key;
    }

    private sealed record DayKey(long Day, byte[] Key);
}
