// Hot: one for each field of each head.
using Weir.Abstractions.Heads;

namespace Weir.Http.Hpack;

/// <summary>
/// A decoded field. Its octets stand as "name: value" + CRLF, the line of an HTTP/1.1 head, so that forwarding copies lines and searches
/// nothing. Valid until the decoder goes on.
/// </summary>
public readonly ref struct HpackField
{
    internal HpackField(ReadOnlySpan<byte> line, scoped in FieldClass kind, int nameLength, bool isNeverIndexed = false)
    {
        IsNeverIndexed = isNeverIndexed;
        Line = line;
        NameLength = nameLength;
        Field = kind.Field;
        Pseudo = kind.Pseudo;
        Faults = kind.Faults;
    }

    /// <summary>The whole line.</summary>
    public ReadOnlySpan<byte> Line { get; }

    /// <summary>Octets of the name.</summary>
    public int NameLength { get; }

    /// <summary>Octets of the value.</summary>
    public int ValueLength => Line.Length - NameLength - FieldLine.Octets;

    /// <summary>The known name.</summary>
    public KnownField Field { get; }

    /// <summary>Which pseudo-field it is.</summary>
    public PseudoField Pseudo { get; }

    /// <summary>What is wrong with it.</summary>
    public FieldFaults Faults { get; }

    /// <summary>Whether its sender forbids every hop to put it into a table (RFC 7541 section 6.2.3).</summary>
    public bool IsNeverIndexed { get; }

    /// <summary>The name.</summary>
    public ReadOnlySpan<byte> Name => Line[..NameLength];

    /// <summary>The value.</summary>
    public ReadOnlySpan<byte> Value => Line[(NameLength + 2)..^2];

    /// <summary>RFC 7541 section 4.1: what it counts for in limits.</summary>
    public int Size => NameLength + ValueLength + HpackSize.EntryOverhead;
}
