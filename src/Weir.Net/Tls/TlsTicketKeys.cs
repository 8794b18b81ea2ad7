namespace Weir.Net.Tls;

/// <summary>
/// The keys of session tickets, of the whole process: a client that comes back may meet another loop. Immutable lists, swapped: one thread
/// at a time changes them, every loop reads.
/// </summary>
public sealed class TlsTicketKeys
{
    /// <summary>How long one of the process's own keys seals; two more of these times it still opens what it sealed.</summary>
    public static readonly TimeSpan RotateEvery = TimeSpan.FromHours(1);

    /// <summary>
    /// How many octets one key has in <see cref="Import"/>: 16 by which tickets name it, 32 that encrypt, 32 that authenticate.
    /// </summary>
    public const int KeyOctets = TlsTicketKey.Octets;

    // A ticket is good for two hours (OpenSSL's default, which TLS 1.3 tells the client).
    private const int KeysKept = 3;

    private readonly TimeProvider _time;
    private volatile TlsTicketKey[] _keys = [TlsTicketKey.New()];
    private long _rotatedAt;
    private bool _isShared;

    /// <summary>Keys of the process's own, until others are imported.</summary>
    public TlsTicketKeys(TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        _rotatedAt = _time.GetTimestamp();
    }

    /// <summary>The newest first: it seals; the others only open what they sealed.</summary>
    internal TlsTicketKey[] Keys => _keys;

    /// <summary>Whether two keys of a file have one name, so that a ticket would not tell which of them sealed it.</summary>
    public static bool HasTwice(ReadOnlySpan<byte> octets)
    {
        for (int i = KeyOctets; i < octets.Length; i += KeyOctets)
        {
            for (int earlier = 0; earlier < i; earlier += KeyOctets)
            {
                if (octets.Slice(i, TlsTicketKey.NameOctets).SequenceEqual(octets.Slice(earlier, TlsTicketKey.NameOctets)))
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>Puts a new key in front and forgets the oldest.</summary>
    public void Rotate()
    {
        _rotatedAt = _time.GetTimestamp();
        _keys = [TlsTicketKey.New(), .. _keys.Take(KeysKept - 1)];
    }

    /// <summary>Rotates when the sealing key has served its time; keys that were imported are rotated by whoever shares them.</summary>
    public void RotateWhenDue()
    {
        if (!_isShared && _time.GetElapsedTime(_rotatedAt) >= RotateEvery)
        {
            Rotate();
        }
    }

    /// <summary>
    /// Takes keys that several processes share, the sealing one first. False, and nothing changes, when their length is wrong.
    /// </summary>
    public bool Import(ReadOnlySpan<byte> octets)
    {
        if (octets.IsEmpty || octets.Length % KeyOctets != 0)
        {
            return false;
        }

        TlsTicketKey[] keys = new TlsTicketKey[octets.Length / KeyOctets];
        for (int i = 0; i < keys.Length; i++)
        {
            keys[i] = new TlsTicketKey(octets[(i * KeyOctets)..]);
        }

        _keys = keys;
        _isShared = true;
        return true;
    }

    /// <summary>Goes back to keys of the process's own, where others were imported.</summary>
    public void UseOwn()
    {
        if (_isShared)
        {
            _isShared = false;
            _rotatedAt = _time.GetTimestamp();
            _keys = [TlsTicketKey.New()];
        }
    }
}
