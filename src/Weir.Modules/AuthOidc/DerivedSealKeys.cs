using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Modules.AuthOidc;

/// <summary>
/// A key for each day, derived from the secret that the data directory keeps: all processes of one data directory have the same ones, and
/// none is used for longer than its day. Any thread.
/// </summary>
internal sealed class DerivedSealKeys : SealKeys
{
    private const long DayMs = 24 * 3600_000;

    // The longest session, and a day for what is renewed late.
    private const long MostDays = 31;

    private readonly byte[] _secret;
    private readonly ConcurrentDictionary<uint, SealKey> _days = new();

    /// <param name="secret">The secret.</param>
    public DerivedSealKeys(byte[] secret) => _secret = secret;

    /// <inheritdoc/>
    public override SealKey Newest(long nowUnixMs) => Of((uint)(nowUnixMs / DayMs));

    /// <inheritdoc/>
    public override SealKey? Find(uint id, long nowUnixMs)
    {
        // Clocks of several processes may differ.
        long today = nowUnixMs / DayMs;
        return id >= today - MostDays && id <= today + 1 ? Of(id) : null;
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
    }

    private SealKey Of(uint day)
    {
        if (_days.TryGetValue(day, out SealKey? known))
        {
            return known;
        }

        if (_days.Count > MostDays * 2)
        {
            _days.Clear();
        }

        byte[] secret = HKDF.DeriveKey(
            HashAlgorithmName.SHA256, _secret, SealKey.SecretOctets, [], Encoding.ASCII.GetBytes($"weir auth_oidc day {day}"));
        return _days.GetOrAdd(day, new SealKey(secret, day));
    }
}
