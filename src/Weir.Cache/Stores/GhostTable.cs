using System.Runtime.InteropServices;
using Weir.Cache.Keys;

namespace Weir.Cache.Stores;

/// <summary>
/// Keys that left the small queue without having been asked for again: who comes back goes to the main queue at once. Four octets for each,
/// in a table of fixed size where later ones take the place of earlier ones.
/// </summary>
internal sealed unsafe class GhostTable
{
    private readonly uint* _names;
    private readonly ulong _mask;

    public GhostTable(long names)
    {
        ulong count = System.Numerics.BitOperations.RoundUpToPowerOf2((ulong)Math.Max(names, 16));
        _mask = count - 1;
        Octets = (long)count * sizeof(uint);
        _names = (uint*)NativeMemory.AllocZeroed((nuint)Octets);
    }

    /// <summary>Octets of memory.</summary>
    public long Octets { get; }

    public void Add(ulong high, ulong low) => _names[high & _mask] = (uint)low | 1;

    /// <summary>Whether it is there; then it is no longer.</summary>
    public bool Take(in KeyHash hash)
    {
        ref uint name = ref _names[hash.High & _mask];
        bool isThere = name == ((uint)hash.Low | 1);
        name = isThere ? 0 : name;
        return isThere;
    }

    /// <summary>Gives the memory back.</summary>
    public void Free() => NativeMemory.Free(_names);
}
