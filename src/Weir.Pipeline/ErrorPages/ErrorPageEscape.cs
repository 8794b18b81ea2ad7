using System.Buffers;
using System.Globalization;
using System.Text;

namespace Weir.Pipeline.ErrorPages;

/// <summary>Makes values harmless in a page. Octets are read as Latin-1, so that nothing is invalid; what is unusual is escaped.</summary>
internal static class ErrorPageEscape
{
    private static readonly SearchValues<byte> _harmless =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 -._~:/+=@,"u8);

    /// <summary>Whether the octets mean the same in every form.</summary>
    public static bool IsHarmless(ReadOnlySpan<byte> value) => !value.ContainsAnyExcept(_harmless);

    /// <summary>The value as it may stand in a page of this form.</summary>
    public static byte[] Escape(ReadOnlySpan<byte> value, ErrorPageForm form)
    {
        StringBuilder escaped = new();
        foreach (byte octet in value)
        {
            if (_harmless.Contains(octet))
            {
                escaped.Append((char)octet);
                continue;
            }

            _ = form switch
            {
                ErrorPageForm.Html => escaped.Append(CultureInfo.InvariantCulture, $"&#{octet};"),
                ErrorPageForm.Json => escaped.Append(CultureInfo.InvariantCulture, $"\\u{octet:x4}"),
                _ => escaped.Append(octet is > 0x20 and < 0x7F ? (char)octet : '?'),
            };
        }

        return Encoding.ASCII.GetBytes(escaped.ToString());
    }
}
