// Hot: written for each exchange behind a trusted proxy. No allocation.
using System.Buffers.Binary;
using System.Buffers.Text;

namespace Weir.Abstractions.Exchanges;

/// <summary>The text form of addresses (RFC 5952 section 4).</summary>
internal static class IpAddressText
{
    private const int Groups = 8;

    /// <summary>
    /// Writes the address; <paramref name="text"/> has room for <see cref="IpAddress.MaxTextOctets"/>. Returns the length.
    /// </summary>
    internal static int Write(IpAddress address, Span<byte> text)
    {
        Span<byte> octets = stackalloc byte[16];
        address.WriteOctets(octets);
        return address.IsIPv4 ? WriteIPv4(octets[12..], text) : WriteIPv6(octets, text);
    }

    private static int WriteIPv4(ReadOnlySpan<byte> octets, Span<byte> text)
    {
        int at = 0;
        for (int i = 0; i < octets.Length; i++)
        {
            if (i > 0)
            {
                text[at++] = (byte)'.';
            }

            Utf8Formatter.TryFormat(octets[i], text[at..], out int written);
            at += written;
        }

        return at;
    }

    private static int WriteIPv6(ReadOnlySpan<byte> octets, Span<byte> text)
    {
        (int gapStart, int gapLength) = LongestZeroRun(octets);
        int at = 0;
        for (int group = 0; group < Groups; group++)
        {
            if (group == gapStart)
            {
                // "::" stands for the whole run; the group behind it brings no colon of its own.
                "::"u8.CopyTo(text[at..]);
                at += 2;
                group += gapLength - 1;
                continue;
            }

            if (group > 0 && group != gapStart + gapLength)
            {
                text[at++] = (byte)':';
            }

            Utf8Formatter.TryFormat(BinaryPrimitives.ReadUInt16BigEndian(octets[(group * 2)..]), text[at..], out int written, 'x');
            at += written;
        }

        return at;
    }

    // RFC 5952 section 4.2: the longest run, the first of several, and never a single group.
    private static (int Start, int Length) LongestZeroRun(ReadOnlySpan<byte> octets)
    {
        (int start, int length) = (-1, 1);
        int run = 0;
        for (int group = 0; group < Groups; group++)
        {
            bool isZero = octets[group * 2] == 0 && octets[(group * 2) + 1] == 0;
            run = isZero ? run + 1 : 0;
            if (run > length)
            {
                (start, length) = (group - run + 1, run);
            }
        }

        return start < 0 ? (-1, 0) : (start, length);
    }
}
