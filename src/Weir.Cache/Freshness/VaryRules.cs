using System.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Fields;

namespace Weir.Cache.Freshness;

/// <summary>Which request fields tell variants apart (RFC 9111 section 4.1).</summary>
public static class VaryRules
{
    /// <summary>Field names of one response; one that names more is not stored.</summary>
    public const int MostNames = 16;

    /// <summary>Octets of the names of one response; the same holds.</summary>
    public const int MostOctets = 512;

    /// <summary>Whether Vary holds "*", or more than is kept: then no later request can be known to match.</summary>
    public static bool IsAny(HeaderFields response)
    {
        int count = 0;
        int octets = 0;
        for (int slot = response.Find(KnownField.Vary); slot >= 0; slot = response.Find(KnownField.Vary, slot + 1))
        {
            foreach (ReadOnlySpan<byte> name in new ListField(response.ValueAt(slot)))
            {
                octets += name.Length + 1;
                if (name.SequenceEqual("*"u8) || !FieldSyntax.IsToken(name) || ++count > MostNames || octets > MostOctets)
                {
                    return true;
                }
            }
        }

        return false;
    }

    /// <summary>
    /// Writes the names of all Vary fields in lower case, sorted, each once, with a line feed behind each: equal sets are equal octets.
    /// Nothing is written where nothing varies. Not for responses of which <see cref="IsAny"/> is true.
    /// </summary>
    /// <returns>Octets written, at most <see cref="MostOctets"/>.</returns>
    public static int WriteNames(HeaderFields response, Span<byte> target)
    {
        Span<Range> places = stackalloc Range[MostNames];
        int count = 0;
        int written = 0;
        Span<byte> room = stackalloc byte[MostOctets];
        for (int slot = response.Find(KnownField.Vary); slot >= 0; slot = response.Find(KnownField.Vary, slot + 1))
        {
            foreach (ReadOnlySpan<byte> name in new ListField(response.ValueAt(slot)))
            {
                Ascii.ToLower(name, room[written..], out int length);
                Insert(room, places, ref count, new Range(written, written + length));
                written += length;
            }
        }

        int at = 0;
        foreach (Range place in places[..count])
        {
            room[place].CopyTo(target[at..]);
            at += room[place].Length;
            target[at++] = (byte)'\n';
        }

        return at;
    }

    // Sorted, and each once.
    private static void Insert(ReadOnlySpan<byte> room, Span<Range> places, ref int count, Range place)
    {
        int at = 0;
        for (; at < count; at++)
        {
            int order = room[place].SequenceCompareTo(room[places[at]]);
            if (order == 0)
            {
                return;
            }

            if (order < 0)
            {
                break;
            }
        }

        places[at..count].CopyTo(places[(at + 1)..]);
        places[at] = place;
        count++;
    }
}
