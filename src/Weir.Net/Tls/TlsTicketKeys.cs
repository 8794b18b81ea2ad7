namespace Weir.Net.Tls;

/// <summary>
/// The keys of session tickets, of the whole process: a client that comes back may meet another loop. Immutable lists, swapped: any thread
/// rotates, every loop reads.
/// </summary>
public sealed class TlsTicketKeys
{
    /// <summary>How often <see cref="Rotate"/> should be called: with the keys kept, a ticket is good for its two hours at least.</summary>
    public static readonly TimeSpan RotateEvery = TimeSpan.FromHours(1);

    /// <summary>How many octets one key has in <see cref="Import"/>.</summary>
    public const int KeyOctets = TlsTicketKey.Octets;

    private const int KeysKept = 3;

    private volatile TlsTicketKey[] _keys = [TlsTicketKey.New()];

    /// <summary>The newest first: it seals; the others only open what they sealed.</summary>
    internal TlsTicketKey[] Keys => _keys;

    /// <summary>Puts a new key in front and forgets the oldest.</summary>
    public void Rotate() => _keys = [TlsTicketKey.New(), .. _keys.Take(KeysKept - 1)];

    /// <summary>Takes keys that several processes share, the sealing one first. False, and nothing changes, when their length is wrong.</summary>
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
        return true;
    }
}
