using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Http.Fields;

/// <summary>Forwarded (RFC 7239): one element for each proxy, with for, by, host and proto.</summary>
public static class ForwardedField
{
    /// <summary>Adds an element at the end of what is there.</summary>
    /// <param name="fields">The request's fields.</param>
    /// <param name="peer">Who sent the request; none is written as "unknown".</param>
    /// <param name="host">The authority the client asked for; empty leaves it out.</param>
    /// <param name="isHttps">The scheme the client used.</param>
    /// <param name="by">This proxy's name: an obfuscated identifier ("_edge") or an address; empty leaves it out.</param>
    public static void Append(HeaderFields fields, IpAddress peer, ReadOnlySpan<byte> host, bool isHttps, ReadOnlySpan<byte> by)
    {
        // Quoting doubles an octet at most.
        Span<byte> room = fields.Reserve(IpAddress.MaxTextOctets + (2 * (host.Length + by.Length)) + 64);
        int length = Copy("for="u8, room);
        length += WriteNode(peer, room[length..]);
        if (!by.IsEmpty)
        {
            length += Copy(";by="u8, room[length..]);
            length += WriteValue(by, room[length..]);
        }

        if (!host.IsEmpty)
        {
            length += Copy(";host="u8, room[length..]);
            length += WriteValue(host, room[length..]);
        }

        length += Copy(isHttps ? ";proto=https"u8 : ";proto=http"u8, room[length..]);
        fields.AddStored(KnownField.Forwarded, fields.Commit(length));
    }

    /// <summary>
    /// Reads the "for" addresses nearest first, as <see cref="XForwardedFor.Read"/> does. An element without an address ("unknown",
    /// an obfuscated identifier, a malformed element) is <see cref="IpAddress.None"/>.
    /// </summary>
    public static int Read(HeaderFields fields, Span<IpAddress> nearestFirst)
    {
        HopAddresses hops = new(nearestFirst);
        for (int slot = fields.Find(KnownField.Forwarded); slot >= 0; slot = fields.Find(KnownField.Forwarded, slot + 1))
        {
            foreach (ReadOnlySpan<byte> element in new ListField(fields.ValueAt(slot)))
            {
                hops.Add(ForOf(element));
            }
        }

        return hops.Finish();
    }

    private static IpAddress ForOf(ReadOnlySpan<byte> element)
    {
        IpAddress found = IpAddress.None;
        bool isFound = false;
        while (!element.IsEmpty)
        {
            int end = EndOfPair(element);
            ReadOnlySpan<byte> pair = element[..end].Trim(" \t"u8);
            element = end == element.Length ? default : element[(end + 1)..];
            int equals = pair.IndexOf((byte)'=');
            if (equals <= 0 || !Ascii.EqualsIgnoreCase(pair[..equals], "for"u8))
            {
                continue;
            }

            // RFC 7239 section 4: a parameter may come once in an element; readers differ on which of two counts.
            if (isFound || !NodeText.TryParse(Unquoted(pair[(equals + 1)..]), out found))
            {
                return IpAddress.None;
            }

            isFound = true;
        }

        return found;
    }

    private static int EndOfPair(ReadOnlySpan<byte> text)
    {
        bool isQuoted = false;
        for (int at = 0; at < text.Length; at++)
        {
            switch (text[at])
            {
                case (byte)'"':
                    isQuoted = !isQuoted;
                    break;
                case (byte)'\\' when isQuoted:
                    at++;
                    break;
                case (byte)';' when !isQuoted:
                    return at;
                default:
                    break;
            }
        }

        return text.Length;
    }

    // An address needs no escapes; with one, it is none.
    private static ReadOnlySpan<byte> Unquoted(ReadOnlySpan<byte> value) =>
        value.Length >= 2 && value[0] == (byte)'"' && value[^1] == (byte)'"' ? value[1..^1] : value;

    // RFC 7239 section 6: an IPv6 address stands in brackets, which only a quoted string may hold.
    private static int WriteNode(IpAddress address, Span<byte> target)
    {
        if (address.IsNone || address.IsIPv4)
        {
            return NodeText.Write(address, target);
        }

        int length = Copy("\"["u8, target);
        length += NodeText.Write(address, target[length..]);
        return length + Copy("]\""u8, target[length..]);
    }

    private static int WriteValue(ReadOnlySpan<byte> value, Span<byte> target)
    {
        if (FieldSyntax.IsToken(value))
        {
            return Copy(value, target);
        }

        int length = Copy("\""u8, target);
        foreach (byte octet in value)
        {
            if (octet is (byte)'"' or (byte)'\\')
            {
                target[length++] = (byte)'\\';
            }

            target[length++] = octet;
        }

        return length + Copy("\""u8, target[length..]);
    }

    private static int Copy(ReadOnlySpan<byte> octets, Span<byte> target)
    {
        octets.CopyTo(target);
        return octets.Length;
    }
}
