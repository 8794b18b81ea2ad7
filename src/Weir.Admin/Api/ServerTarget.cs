namespace Weir.Admin.Api;

/// <summary>/api/v1/upstreams/UPSTREAM/servers/SERVER, as it stands in a request line.</summary>
internal static class ServerTarget
{
    private const int MaxCharacters = 2048;

    /// <summary>The names, decoded once. False for anything else.</summary>
    public static bool TryParse(string target, out string upstream, out string server)
    {
        upstream = "";
        server = "";
        if (target.Length > MaxCharacters)
        {
            return false;
        }

        string[] segments = target.Split('?')[0].Split('/');
        return segments is ["", "api", "v1", "upstreams", var first, "servers", var second]
            && TryDecode(first, out upstream)
            && TryDecode(second, out server);
    }

    private static bool TryDecode(string text, out string decoded)
    {
        decoded = "";
        for (int i = 0; i < text.Length; i++)
        {
            bool isCut = text[i] == '%'
                && (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]));
            if (isCut)
            {
                return false;
            }
        }

        decoded = Uri.UnescapeDataString(text);
        return decoded.Length > 0 && !decoded.Any(char.IsControl);
    }
}
