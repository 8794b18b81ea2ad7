using Weir.Http.Fields;

namespace Weir.Http.Http2;

/// <summary>The priority of a response (RFC 9218 section 4): how urgent, and whether it is of use in pieces.</summary>
/// <param name="Urgency">0 is the most urgent, 7 the least.</param>
/// <param name="IsIncremental">Whether it is served in turns with others of the same urgency.</param>
public readonly record struct StreamPriority(byte Urgency, bool IsIncremental)
{
    /// <summary>How many urgencies there are.</summary>
    public const int Urgencies = 8;

    private const int LongestField = 256;

    /// <summary>What holds where nobody says anything.</summary>
    public static StreamPriority Default => new(3, false);

    /// <summary>Reads a Priority field. RFC 9218 section 4: what does not parse, or is out of range, is ignored.</summary>
    public static StreamPriority Parse(ReadOnlySpan<byte> text, StreamPriority otherwise)
    {
        if (text.Length > LongestField)
        {
            return otherwise;
        }

        // What browsers send, without making objects of it.
        if (text.Length is 3 or 6 && text.StartsWith("u="u8) && text[2] is >= (byte)'0' and <= (byte)'7')
        {
            if (text.Length == 3)
            {
                return otherwise with { Urgency = (byte)(text[2] - '0') };
            }

            if (text.EndsWith(", i"u8))
            {
                return new((byte)(text[2] - '0'), true);
            }
        }

        return ParseSlow(text, otherwise);
    }

    private static StreamPriority ParseSlow(ReadOnlySpan<byte> text, StreamPriority otherwise)
    {
        if (StructuredFields.ParseDictionary(text) is not { } members)
        {
            return otherwise;
        }

        StreamPriority priority = otherwise;
        if (members.Find("u") is { IsInnerList: false, Value: { Kind: StructuredKind.Integer, Number: >= 0 and < Urgencies } urgency })
        {
            priority = priority with { Urgency = (byte)urgency.Number };
        }

        if (members.Find("i") is { IsInnerList: false, Value: { Kind: StructuredKind.Boolean } incremental })
        {
            priority = priority with { IsIncremental = incremental.IsTrue };
        }

        return priority;
    }
}
