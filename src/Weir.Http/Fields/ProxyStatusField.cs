using System.Text;
using Weir.Abstractions.Heads;

namespace Weir.Http.Fields;

/// <summary>Proxy-Status (RFC 9209): which intermediary made or changed a response, and why.</summary>
public static class ProxyStatusField
{
    /// <summary>
    /// What stands between this proxy's name and the error type (RFC 8941 section 4.1.1.2: no space behind the semicolon).
    /// </summary>
    public static ReadOnlySpan<byte> ErrorParameter => ";error="u8;

    /// <summary>Adds a member at the end of what is there.</summary>
    /// <param name="fields">The response's fields.</param>
    /// <param name="name">This proxy's name: a token, or any printable ASCII.</param>
    /// <param name="error">A registered error type (RFC 9209 section 2.3); empty leaves it out.</param>
    /// <param name="details">
    /// What happened, for whom it may concern; empty leaves it out. Octets that a string cannot hold become "?".
    /// </param>
    public static void Append(HeaderFields fields, ReadOnlySpan<byte> name, ReadOnlySpan<byte> error, ReadOnlySpan<byte> details)
    {
        Span<byte> room = fields.Reserve((2 * (name.Length + error.Length + details.Length)) + 32);
        int length = StructuredText.IsToken(name) ? Copy(name, room) : StructuredText.WriteString(name, room);
        if (!error.IsEmpty)
        {
            length += Copy(ErrorParameter, room[length..]);
            length += Copy(error, room[length..]);
        }

        if (!details.IsEmpty)
        {
            length += Copy(";details="u8, room[length..]);
            length += StructuredText.WriteString(details, room[length..]);
        }

        fields.AddStored(KnownField.ProxyStatus, fields.Commit(length));
    }

    /// <summary>Adds a member given as text.</summary>
    public static void Append(HeaderFields fields, ReadOnlySpan<byte> name, string error, string details) =>
        Append(fields, name, Encoding.ASCII.GetBytes(error), Encoding.ASCII.GetBytes(details));

    private static int Copy(ReadOnlySpan<byte> octets, Span<byte> target)
    {
        octets.CopyTo(target);
        return octets.Length;
    }
}
