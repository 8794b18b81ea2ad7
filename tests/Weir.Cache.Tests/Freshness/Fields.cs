using Weir.Abstractions.Heads;

namespace Weir.Cache.Tests.Freshness;

/// <summary>Heads out of lines "Name: value".</summary>
internal static class Fields
{
    public const long Now = 1_000_000_000; // Sun, 09 Sep 2001 01:46:40 GMT

    public static HeaderFields Of(params string[] lines)
    {
        HeaderFields fields = new();
        foreach (string line in lines.Where(line => line.Length > 0))
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            fields.Add(line[..colon], line[(colon + 1)..].Trim());
        }

        return fields;
    }

    /// <summary>Lines divided by "|".</summary>
    public static HeaderFields OfText(string text) => Of(text.Split('|', StringSplitOptions.TrimEntries));

    public static ResponseHead Response(string text, int status = 200)
    {
        ResponseHead head = new() { Status = status };
        OfText(text).CopyTo(head.Fields);
        return head;
    }

    public static RequestHead Request(
        string text, string method = "GET", string path = "/", string authority = "a.test", bool isHttps = false)
    {
        RequestHead head = new() { IsHttps = isHttps };
        head.SetMethod(head.Fields.Store(Bytes(method)));
        head.SetPath(head.Fields.Store(Bytes(path)));
        head.SetAuthority(head.Fields.Store(Bytes(authority)), head.Fields.Store(Bytes(authority.Split(':')[0])), 0);
        OfText(text).CopyTo(head.Fields);
        return head;
    }

    public static byte[] Bytes(string text) => System.Text.Encoding.Latin1.GetBytes(text);

    public static string Text(ReadOnlySpan<byte> octets) => System.Text.Encoding.Latin1.GetString(octets);

    /// <summary>A date so many seconds from <see cref="Now"/>.</summary>
    public static string Date(long fromNow)
    {
        byte[] text = new byte[Weir.Http.Fields.HttpDate.Octets];
        Weir.Http.Fields.HttpDate.Format(Now + fromNow, text);
        return Text(text);
    }

    /// <summary>Puts dates in the place of "{-60}".</summary>
    public static string WithDates(string text) =>
        System.Text.RegularExpressions.Regex.Replace(
            text, @"\{(-?\d+)\}", match => Date(long.Parse(match.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture)),
            System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(1));
}
