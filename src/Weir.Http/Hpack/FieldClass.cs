// Hot: one for each field that a peer sends as a literal.
using System.Buffers;
using System.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Http1;

namespace Weir.Http.Hpack;

/// <summary>What a field is, found once when it enters a table and not again for each message that refers to it.</summary>
internal readonly struct FieldClass
{
    // RFC 9113 section 8.2.1: tokens without upper-case letters.
    private static readonly SearchValues<byte> _nameOctets = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz"u8);

    private FieldClass(KnownField field, PseudoField pseudo, FieldFaults faults)
    {
        Field = field;
        Pseudo = pseudo;
        Faults = faults;
    }

    public KnownField Field { get; }

    public PseudoField Pseudo { get; }

    public FieldFaults Faults { get; }

    /// <summary>Looks at a field.</summary>
    public static FieldClass Of(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        FieldFaults faults = FaultsOfValue(value);
        if (name.IsEmpty)
        {
            return new(KnownField.Other, PseudoField.None, faults | FieldFaults.BadName);
        }

        if (name[0] == (byte)':')
        {
            return new(KnownField.Other, PseudoOf(name), faults);
        }

        if (name.ContainsAnyExcept(_nameOctets))
        {
            return new(KnownField.Other, PseudoField.None, faults | FieldFaults.BadName);
        }

        KnownField field = KnownFields.Find(name);
        if (field == KnownField.Other)
        {
            return new(field, PseudoField.None, FieldLines.ImitatesKnownName(name) ? faults | FieldFaults.Imitates : faults);
        }

        return new(field, PseudoField.None, IsConnectionSpecific(field, value) ? faults | FieldFaults.ConnectionSpecific : faults);
    }

    // RFC 9113 section 8.2.1 names NUL, CR, LF and surrounding white space; the other control octets are refused as in HTTP/1.1.
    private static FieldFaults FaultsOfValue(ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            return FieldFaults.None;
        }

        bool isBad = !FieldSyntax.IsValue(value) || IsWhiteSpace(value[0]) || IsWhiteSpace(value[^1]);
        return isBad ? FieldFaults.BadValue : FieldFaults.None;
    }

    private static bool IsWhiteSpace(byte octet) => octet is (byte)' ' or (byte)'\t';

    private static bool IsConnectionSpecific(KnownField field, ReadOnlySpan<byte> value) => field switch
    {
        KnownField.Connection or KnownField.KeepAlive or KnownField.ProxyConnection or KnownField.TransferEncoding or KnownField.Upgrade => true,

        // RFC 9113 section 8.2.2: TE may say "trailers" and nothing else.
        KnownField.Te => !Ascii.EqualsIgnoreCase(value, "trailers"u8),
        _ => false,
    };

    private static PseudoField PseudoOf(ReadOnlySpan<byte> name) => name.Length switch
    {
        5 when name.SequenceEqual(":path"u8) => PseudoField.Path,
        7 when name.SequenceEqual(":method"u8) => PseudoField.Method,
        7 when name.SequenceEqual(":scheme"u8) => PseudoField.Scheme,
        7 when name.SequenceEqual(":status"u8) => PseudoField.Status,
        9 when name.SequenceEqual(":protocol"u8) => PseudoField.Protocol,
        10 when name.SequenceEqual(":authority"u8) => PseudoField.Authority,
        _ => PseudoField.Unknown,
    };
}
