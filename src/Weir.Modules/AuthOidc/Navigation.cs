using System.Text;
using Weir.Abstractions.Heads;

namespace Weir.Modules.AuthOidc;

/// <summary>Whether a person asks for a page, where from, and how they get back to it.</summary>
internal static class Navigation
{
    private const int LongestReturn = 2048;

    /// <summary>
    /// Whether a browser goes to a page: only then a login may begin. A script that gets a redirection to a provider can do nothing with
    /// it. Browsers say so in Sec-Fetch-Mode (Fetch Metadata); what does not say it takes HTML, and says so.
    /// </summary>
    public static bool Is(RequestHead request)
    {
        HeaderFields fields = request.Fields;
        if (request.Method is not (RequestMethod.Get or RequestMethod.Head) || fields.Has(KnownField.Upgrade)
            || fields.TryGet("Sec-Purpose"u8, out _))
        {
            return false;
        }

        return fields.TryGet("Sec-Fetch-Mode"u8, out ReadOnlySpan<byte> mode)
            ? mode.SequenceEqual("navigate"u8)
            : fields.TryGet(KnownField.Accept, out ReadOnlySpan<byte> accept) && accept.IndexOf("text/html"u8) >= 0;
    }

    /// <summary>Whether a page of another site sends the browser here.</summary>
    public static bool IsCrossSite(RequestHead request) =>
        request.Fields.TryGet("Sec-Fetch-Site"u8, out ReadOnlySpan<byte> site) && site.SequenceEqual("cross-site"u8);

    /// <summary>
    /// What was asked for, as a reference that cannot lead to another site: it begins with one slash, with no other and no backslash behind
    /// it, which browsers read as the beginning of a host. Without its query where that is too long to be kept.
    /// </summary>
    public static string ReturnTo(RequestHead request)
    {
        string target = Encoding.Latin1.GetString(request.Target);
        if (!IsOwnPath(target))
        {
            target = request.PathText + (request.HasQuery ? "?" + request.QueryText : "");
        }

        return IsOwnPath(target) ? target : IsOwnPath(request.PathText) ? request.PathText : "/";
    }

    /// <summary>Whether a text is a path of this site, with or without a query.</summary>
    public static bool IsOwnPath(string target) =>
        target.Length is > 0 and <= LongestReturn && target[0] == '/' && (target.Length == 1 || target[1] is not ('/' or '\\'))
        && target.All(letter => letter is > ' ' and <= '~' and not '\\');
}
