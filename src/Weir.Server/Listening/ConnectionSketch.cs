// Hot: touched once when a connection comes, once when it is admitted and once when it ends.
using System.Numerics;
using Weir.Abstractions.Exchanges;

namespace Weir.Server.Listening;

/// <summary>
/// About how many connections each range of addresses (IPv4 /24, IPv6 /48) opens and holds, in memory that no number of addresses makes
/// grow: a count-min sketch. What it says of a range is never too little, and too much by chance only: places are chosen under a
/// secret of the process. Belongs to its loop; the kernel spreads connections over the loops, so each sees a fair part of all.
/// </summary>
public sealed class ConnectionSketch
{
    private const int Rows = 4;
    private const int Columns = 1024;
    private const int HalfLifeMs = 2_000;

    // A handful of connections is nobody's flood, whatever its share.
    private const int LeastHeavy = 16;

    private const int BitsOfIPv4 = 96 + 24;
    private const int BitsOfIPv6 = 48;

    private readonly int[] _recent = new int[Rows * Columns];
    private readonly int[] _held = new int[Rows * Columns];
    private readonly ulong _secret;
    private long _decayedMs;
    private int _recentTotal;
    private int _heldTotal;

    /// <summary>An empty sketch; <paramref name="secret"/> should be random.</summary>
    public ConnectionSketch(ulong secret) => _secret = secret | 1;

    /// <summary>The range that an address is counted in.</summary>
    public static IpPrefix RangeOf(IpAddress address) => IpPrefix.Of(address, address.IsIPv4 ? BitsOfIPv4 : BitsOfIPv6);

    /// <summary>Counts a connection that came, whatever becomes of it: who is refused and comes again stays heavy.</summary>
    public void NoteArrival(IpAddress address, long nowMs)
    {
        Decay(nowMs);
        Change(_recent, address, 1);
        _recentTotal++;
    }

    /// <summary>Counts a connection that is served.</summary>
    public void NoteHeld(IpAddress address)
    {
        Change(_held, address, 1);
        _heldTotal++;
    }

    /// <summary>Counts it out when it ends.</summary>
    public void NoteEnd(IpAddress address)
    {
        Change(_held, address, -1);
        _heldTotal -= _heldTotal > 0 ? 1 : 0;
    }

    /// <summary>Whether the address's range has more than one of <paramref name="divisor"/> of all connections, recent and held.</summary>
    public bool IsHeavy(IpAddress address, int divisor)
    {
        ulong hash = Hash(address);
        long weight = long.MaxValue;
        for (int row = 0; row < Rows; row++)
        {
            int place = Place(hash, row);
            weight = Math.Min(weight, (long)_recent[place] + _held[place]);
        }

        return weight >= LeastHeavy && weight * divisor > (long)_recentTotal + _heldTotal;
    }

    private void Change(int[] counts, IpAddress address, int by)
    {
        ulong hash = Hash(address);
        for (int row = 0; row < Rows; row++)
        {
            ref int count = ref counts[Place(hash, row)];
            count = Math.Max(0, count + by);
        }
    }

    private void Decay(long nowMs)
    {
        long halvings = (nowMs - _decayedMs) / HalfLifeMs;
        if (halvings <= 0)
        {
            return;
        }

        _decayedMs = nowMs;
        int shift = (int)Math.Min(halvings, 31);
        _recentTotal = 0;
        for (int i = 0; i < _recent.Length; i++)
        {
            _recent[i] >>= shift;
            _recentTotal += i < Columns ? _recent[i] : 0;
        }
    }

    private ulong Hash(IpAddress address)
    {
        IpPrefix range = RangeOf(address);
        ulong mixed = (range.Address.High ^ _secret) * 0x9E3779B97F4A7C15;
        mixed = (BitOperations.RotateLeft(mixed, 31) ^ range.Address.Low ^ (_secret >> 7)) * 0xBF58476D1CE4E5B9;
        mixed = (mixed ^ (mixed >> 29) ^ _secret) * 0x94D049BB133111EB;
        return mixed ^ (mixed >> 32);
    }

    // Ten bits of the hash for each row.
    private static int Place(ulong hash, int row) => (row * Columns) + (int)((hash >> (row * 10)) & (Columns - 1));
}
