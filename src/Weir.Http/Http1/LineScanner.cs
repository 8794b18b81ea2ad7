// Hot: runs over every octet of every head. See bench/Weir.Bench.Http.
using System.Runtime.CompilerServices;
using Weir.Abstractions.Heads;

namespace Weir.Http.Http1;

/// <summary>Finds the ends of names and lines in received octets.</summary>
internal static class LineScanner
{
    /// <summary><see cref="EndOfLine"/>: the line has not ended yet.</summary>
    public const int NotYet = -1;

    /// <summary><see cref="EndOfLine"/>: the line holds a control octet, or an end of line that is not CRLF.</summary>
    public const int Broken = -2;

    /// <summary>
    /// The index of the CR of the CRLF that ends the line in which <paramref name="from"/> lies. When <see cref="Broken"/>,
    /// <paramref name="faultAt"/> is the offending octet.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int EndOfLine(ReadOnlySpan<byte> input, int from, out int faultAt)
    {
        int found = input[from..].IndexOfAny(FieldSyntax.ForbiddenInValues);
        int at = from + found;
        faultAt = at;
        if (found < 0)
        {
            return NotYet;
        }

        if (input[at] == (byte)'\r')
        {
            if (at + 1 == input.Length)
            {
                return NotYet;
            }

            if (input[at + 1] == (byte)'\n')
            {
                return at;
            }
        }

        return Broken;
    }

    /// <summary>The index of the first octet at or after <paramref name="from"/> that no token may hold, or the input's length.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int EndOfToken(ReadOnlySpan<byte> input, int from)
    {
        int found = input[from..].IndexOfAnyExcept(FieldSyntax.TokenOctets);
        return found < 0 ? input.Length : from + found;
    }

    /// <summary>What is wrong with an octet that <see cref="EndOfLine"/> stopped at.</summary>
    public static RejectReason FaultOf(byte octet) => octet switch
    {
        (byte)'\n' => RejectReason.BareLineFeed,
        (byte)'\r' => RejectReason.BareCarriageReturn,
        _ => RejectReason.ControlOctet,
    };
}
