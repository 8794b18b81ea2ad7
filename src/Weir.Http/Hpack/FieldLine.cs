namespace Weir.Http.Hpack;

/// <summary>The form in which decoded fields stand.</summary>
internal static class FieldLine
{
    /// <summary>Octets besides name and value: ": " and CRLF.</summary>
    public const int Octets = 4;

    /// <summary>Puts what stands between name and value, and behind the value.</summary>
    public static void Punctuate(Span<byte> line, int nameLength)
    {
        line[nameLength] = (byte)':';
        line[nameLength + 1] = (byte)' ';
        line[^2] = (byte)'\r';
        line[^1] = (byte)'\n';
    }
}
