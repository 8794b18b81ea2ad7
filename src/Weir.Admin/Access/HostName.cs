using System.Globalization;

namespace Weir.Admin.Access;

/// <summary>The host of a Host field: a name, an IPv4 address or an IPv6 address in brackets, and perhaps a port.</summary>
internal static class HostName
{
    private const int MaxCharacters = 255;

    /// <summary>The name in lower case, or the address without brackets. False for anything that is no host.</summary>
    public static bool TryParse(string field, out string name)
    {
        name = "";
        if (field.Length is 0 or > MaxCharacters)
        {
            return false;
        }

        int end = field[0] == '[' ? field.IndexOf(']') + 1 : field.IndexOf(':');
        end = end switch
        {
            0 => field[0] == '[' ? -1 : 0,
            < 0 => field.Length,
            _ => end,
        };
        if (end <= 0 || !IsPort(field.AsSpan(end)))
        {
            return false;
        }

        string host = field[0] == '[' ? field[1..(end - 1)] : field[..end];
        bool isWhole = field[0] == '['
            ? host.Contains(':') && System.Net.IPAddress.TryParse(host, out _)
            : host.AsSpan().IndexOfAnyExcept(_letters) < 0;
        name = isWhole ? host.TrimEnd('.').ToLowerInvariant() : "";
        return name.Length > 0;
    }

    private static readonly System.Buffers.SearchValues<char> _letters =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._");

    private static bool IsPort(ReadOnlySpan<char> rest) =>
        rest.Length == 0 || (rest[0] == ':' && ushort.TryParse(rest[1..], NumberStyles.None, CultureInfo.InvariantCulture, out _));
}
