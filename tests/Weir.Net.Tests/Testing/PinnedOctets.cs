using System.Runtime.InteropServices;
using Weir.Abstractions.Bodies;

namespace Weir.Net.Tests.Testing;

/// <summary>Octets that a test lends to a connection.</summary>
internal sealed class PinnedOctets
{
    private readonly byte[] _octets;

    public PinnedOctets(ReadOnlySpan<byte> octets)
    {
        _octets = GC.AllocateArray<byte>(octets.Length, pinned: true);
        octets.CopyTo(_octets);
    }

    public byte[] Octets => _octets;

    public NativeSlice Slice => _octets.Length == 0 ? default : new(Marshal.UnsafeAddrOfPinnedArrayElement(_octets, 0), _octets.Length);

    /// <summary>Octets in which every place differs from its neighbours, so that a wrong offset shows.</summary>
    public static PinnedOctets Pattern(int count)
    {
        byte[] octets = new byte[count];
        for (int i = 0; i < count; i++)
        {
            octets[i] = (byte)((i * 31) + (i >> 8));
        }

        return new PinnedOctets(octets);
    }
}
