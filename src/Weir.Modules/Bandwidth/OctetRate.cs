// Hot while content flows: asked for each piece of it.
using Weir.Abstractions.Modules;
using Weir.Modules.Limiting;

namespace Weir.Modules.Bandwidth;

/// <summary>The octets that each key may have in a second, in one direction.</summary>
internal sealed class OctetRate
{
    // Long enough that timers are few, short enough that a stream looks even.
    private const int PiecesPerSecond = 20;
    private const int SmallestPiece = 512;
    private const int LargestPiece = 65_536;

    private readonly TokenBuckets _buckets;
    private readonly ModuleCounter _waits;
    private readonly double _nsPerOctet;

    /// <param name="octetsPerSecond">The rate.</param>
    /// <param name="burstOctets">What may come at once.</param>
    /// <param name="entries">The keys that are remembered.</param>
    /// <param name="waits">Counts pieces that had to wait.</param>
    public OctetRate(long octetsPerSecond, long burstOctets, int entries, ModuleCounter waits)
    {
        _nsPerOctet = 1e9 / octetsPerSecond;
        _buckets = new TokenBuckets(entries, TimeSpan.FromSeconds((double)burstOctets / octetsPerSecond));
        _waits = waits;
        PieceOctets = (int)Math.Min(Math.Clamp(octetsPerSecond / PiecesPerSecond, SmallestPiece, LargestPiece), burstOctets);
    }

    /// <summary>The most that is booked at a time: exchanges of a key take turns by it.</summary>
    public int PieceOctets { get; }

    /// <summary>
    /// Books some octets of a key, behind what others of it have booked. When they may go, in milliseconds of the loop's clock.
    /// </summary>
    public long Book(ulong key, int octets, long nowMs)
    {
        long waitNs = _buckets.Book(key, (long)(octets * _nsPerOctet), nowMs * 1_000_000);
        if (waitNs == 0)
        {
            return nowMs;
        }

        _waits.Add();
        return nowMs + ((waitNs + 999_999) / 1_000_000);
    }
}
