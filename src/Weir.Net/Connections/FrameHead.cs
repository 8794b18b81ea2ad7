using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Weir.Net.Connections;

/// <summary>The few octets before lent ones, kept while what gathered before them leaves.</summary>
internal readonly struct FrameHead
{
    public const int MaxOctets = 16;

    private readonly Room _octets;

    public FrameHead(ReadOnlySpan<byte> octets)
    {
        octets.CopyTo(_octets);
        Length = octets.Length;
    }

    public int Length { get; }

    [UnscopedRef]
    public ReadOnlySpan<byte> Octets => ((ReadOnlySpan<byte>)_octets)[..Length];

    [InlineArray(MaxOctets)]
    private struct Room
    {
        private byte _first;
    }
}
