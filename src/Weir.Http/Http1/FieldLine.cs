namespace Weir.Http.Http1;

/// <summary>Where the parts of one field line lie in the input.</summary>
internal struct FieldLine
{
    public int NameStart;
    public int NameEnd;
    public int ValueStart;
    public int ValueEnd;

    /// <summary>Where the next line begins.</summary>
    public int Next;

    /// <summary>Whether it is the empty line that ends a section.</summary>
    public readonly bool IsEmpty => NameStart == NameEnd;

    public readonly ReadOnlySpan<byte> Name(ReadOnlySpan<byte> input) => input[NameStart..NameEnd];

    public readonly ReadOnlySpan<byte> Value(ReadOnlySpan<byte> input) => input[ValueStart..ValueEnd];
}
