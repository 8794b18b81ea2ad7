using System.Text;

namespace Weir.Http.Fields;

/// <summary>A bare item (RFC 9651 section 3.3): a type and a value.</summary>
public readonly struct StructuredValue
{
    /// <summary>The largest integer, and seconds of a date; the smallest is its negative.</summary>
    public const long LargestInteger = 999_999_999_999_999;

    /// <summary>The largest decimal, in thousandths; the smallest is its negative.</summary>
    public const long LargestThousandths = 999_999_999_999_999;

    private readonly byte[]? _octets;

    private StructuredValue(StructuredKind kind, long number, byte[]? octets)
    {
        Kind = kind;
        Number = number;
        _octets = octets;
    }

    /// <summary>True: what a parameter or member without a value stands for.</summary>
    public static StructuredValue True => OfBoolean(true);

    /// <summary>The type.</summary>
    public StructuredKind Kind { get; }

    /// <summary>The value of an integer; a decimal in thousandths; a date in seconds; 1 or 0 of a Boolean.</summary>
    public long Number { get; }

    /// <summary>The octets of a string, without escapes; of a token; of a byte sequence, decoded; of a display string, in UTF-8.</summary>
    public ReadOnlySpan<byte> Octets => _octets;

    /// <summary>Whether it is the Boolean true.</summary>
    public bool IsTrue => Kind == StructuredKind.Boolean && Number == 1;

    /// <summary>The text of a string, token or display string. Allocates.</summary>
    public string Text => Encoding.UTF8.GetString(Octets);

    /// <summary>An integer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than 15 digits.</exception>
    public static StructuredValue OfInteger(long value) => new(StructuredKind.Integer, Checked(value, LargestInteger), null);

    /// <summary>A decimal, in thousandths.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than 12 digits before the point.</exception>
    public static StructuredValue OfThousandths(long value) => new(StructuredKind.Decimal, Checked(value, LargestThousandths), null);

    /// <summary>A date.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than 15 digits.</exception>
    public static StructuredValue OfDate(long unixSeconds) => new(StructuredKind.Date, Checked(unixSeconds, LargestInteger), null);

    /// <summary>A Boolean.</summary>
    public static StructuredValue OfBoolean(bool value) => new(StructuredKind.Boolean, value ? 1 : 0, null);

    /// <summary>A byte sequence.</summary>
    public static StructuredValue OfBytes(ReadOnlySpan<byte> octets) => new(StructuredKind.Bytes, 0, octets.ToArray());

    /// <summary>A string.</summary>
    /// <exception cref="ArgumentException">It holds something else than printable ASCII.</exception>
    public static StructuredValue OfString(ReadOnlySpan<byte> text) => !text.ContainsAnyExceptInRange((byte)0x20, (byte)0x7E)
        ? new(StructuredKind.String, 0, text.ToArray())
        : throw new ArgumentException("A string holds printable ASCII only; a display string can hold more.", nameof(text));

    /// <summary>A token.</summary>
    /// <exception cref="ArgumentException">It is no token of RFC 9651 section 3.3.4.</exception>
    public static StructuredValue OfToken(ReadOnlySpan<byte> text) => StructuredText.IsToken(text)
        ? new(StructuredKind.Token, 0, text.ToArray())
        : throw new ArgumentException("A token begins with a letter or \"*\" and holds token octets, \":\" and \"/\".", nameof(text));

    /// <summary>A display string.</summary>
    public static StructuredValue OfDisplayString(string text) => new(StructuredKind.DisplayString, 0, Encoding.UTF8.GetBytes(text));

    internal static StructuredValue OfParsed(StructuredKind kind, byte[] octets) => new(kind, 0, octets);

    private static long Checked(long value, long largest) => value >= -largest && value <= largest
        ? value
        : throw new ArgumentOutOfRangeException(nameof(value), value, "A structured number has at most 15 digits.");
}
