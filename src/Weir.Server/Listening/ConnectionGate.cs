using System.Collections.Concurrent;
using Weir.Abstractions.Exchanges;

namespace Weir.Server.Listening;

/// <summary>
/// Counts client connections of the whole process, in all and by client. Shared by all loops: one atomic for the total, a concurrent map
/// for clients, touched once when a connection comes and once when it goes.
/// </summary>
public sealed class ConnectionGate
{
    private readonly ConcurrentDictionary<IpAddress, int> _byClient = new();
    private readonly ConcurrentDictionary<IpAddress, int> _handshakes = new();
    private int _total;

    /// <summary>Client connections now.</summary>
    public int Total => Volatile.Read(ref _total);

    /// <summary>Takes a place in the total; false when there is none.</summary>
    public bool TryEnter(int limit)
    {
        if (Interlocked.Increment(ref _total) <= limit)
        {
            return true;
        }

        Interlocked.Decrement(ref _total);
        return false;
    }

    /// <summary>Gives a place back.</summary>
    public void Leave() => Interlocked.Decrement(ref _total);

    /// <summary>Takes a client's place; false when the client has too many.</summary>
    public bool TryEnterClient(IpAddress client, int limit) => TryEnter(_byClient, client, limit);

    /// <summary>Whether a client has no place left at this moment; takes none.</summary>
    public bool IsFull(IpAddress client, int limit) => _byClient.TryGetValue(KeyOf(client), out int count) && count >= limit;

    /// <summary>Gives a client's place back.</summary>
    public void LeaveClient(IpAddress client) => Leave(_byClient, client);

    /// <summary>Counts a TLS handshake of a client that begins; false when too many of it are going on.</summary>
    public bool TryEnterHandshake(IpAddress client, int limit) => TryEnter(_handshakes, client, limit);

    /// <summary>Counts a handshake that ended, well or badly.</summary>
    public void LeaveHandshake(IpAddress client) => Leave(_handshakes, client);

    private static bool TryEnter(ConcurrentDictionary<IpAddress, int> places, IpAddress client, int limit)
    {
        if (places.AddOrUpdate(KeyOf(client), 1, static (_, count) => count + 1) <= limit)
        {
            return true;
        }

        Leave(places, client);
        return false;
    }

    private static void Leave(ConcurrentDictionary<IpAddress, int> places, IpAddress client)
    {
        IpAddress key = KeyOf(client);
        int left = places.AddOrUpdate(key, 0, static (_, count) => count - 1);
        if (left <= 0)
        {
            // Only while it is still zero: another loop may have taken a place in between.
            places.TryRemove(new KeyValuePair<IpAddress, int>(key, left));
        }
    }

    // One household or server has a whole /64 of IPv6 (RFC 6177): counting single addresses would count nothing.
    private static IpAddress KeyOf(IpAddress client) => client.IsIPv4 ? client : new IpAddress(client.High, 0);
}
