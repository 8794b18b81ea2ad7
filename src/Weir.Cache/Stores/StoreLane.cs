// Hot: what one loop writes at every hit.
namespace Weir.Cache.Stores;

/// <summary>
/// How often one loop holds each segment. Only that loop writes here, so holding takes no atomic operation; who wants to reuse a segment
/// reads all lanes.
/// </summary>
internal sealed class StoreLane
{
    // A cache line in front and behind, so that two loops never write to one line.
    private const int Padding = 16;

    /// <summary>Octets of memory beside those for each segment.</summary>
    public const int FixedOctets = 2 * Padding * sizeof(int);

    private readonly int[] _holds;

    public StoreLane(int segments) => _holds = new int[segments + (2 * Padding)];

    /// <summary>Octets of memory.</summary>
    public long Octets => (long)_holds.Length * sizeof(int);

    /// <summary>
    /// Holds a segment. The barrier makes the hold known before what the caller reads next: either the caller then sees that a record was
    /// unlinked, or who unlinked it sees the hold.
    /// </summary>
    public void Hold(int segment)
    {
        _holds[segment + Padding]++;
        Interlocked.MemoryBarrier();
    }

    /// <summary>Gives a hold up; what was read before has been read.</summary>
    public void Release(int segment) => Volatile.Write(ref _holds[segment + Padding], _holds[segment + Padding] - 1);

    /// <summary>Whether it is held; from any thread.</summary>
    public bool Holds(int segment) => Volatile.Read(ref _holds[segment + Padding]) != 0;
}
