using System.Text;

namespace Weir.Http.Hpack;

/// <summary>The 61 entries of RFC 7541 appendix A, as lines.</summary>
internal static class StaticTable
{
    /// <summary>How many there are: the first index of the dynamic table is one more.</summary>
    public const int Count = 61;

    private const string Text = """
        :authority
        :method=GET
        :method=POST
        :path=/
        :path=/index.html
        :scheme=http
        :scheme=https
        :status=200
        :status=204
        :status=206
        :status=304
        :status=400
        :status=404
        :status=500
        accept-charset
        accept-encoding=gzip, deflate
        accept-language
        accept-ranges
        accept
        access-control-allow-origin
        age
        allow
        authorization
        cache-control
        content-disposition
        content-encoding
        content-language
        content-length
        content-location
        content-range
        content-type
        cookie
        date
        etag
        expect
        expires
        from
        host
        if-match
        if-modified-since
        if-none-match
        if-range
        if-unmodified-since
        last-modified
        link
        location
        max-forwards
        proxy-authenticate
        proxy-authorization
        range
        referer
        refresh
        retry-after
        server
        set-cookie
        strict-transport-security
        transfer-encoding
        user-agent
        vary
        via
        www-authenticate
        """;

    private static readonly Entry[] _entries = [.. Text.Split('\n').Select(line => Parse(line.Trim('\r')))];

    /// <summary>An entry's field; the index is from 1.</summary>
    public static HpackField Field(int index)
    {
        Entry entry = _entries[index - 1];
        return new HpackField(entry.Line, entry.Class, entry.NameLength);
    }

    /// <summary>An entry's name; the index is from 1.</summary>
    public static ReadOnlySpan<byte> Name(int index)
    {
        Entry entry = _entries[index - 1];
        return entry.Line.AsSpan(0, entry.NameLength);
    }

    /// <summary>The first entry with that name, or 0.</summary>
    public static int FindName(ReadOnlySpan<byte> name)
    {
        for (int index = 1; index <= Count; index++)
        {
            if (Name(index).SequenceEqual(name))
            {
                return index;
            }
        }

        return 0;
    }

    private static Entry Parse(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        byte[] name = Encoding.ASCII.GetBytes(equals < 0 ? text : text[..equals]);
        byte[] value = equals < 0 ? [] : Encoding.ASCII.GetBytes(text[(equals + 1)..]);
        return new Entry([.. name, .. ": "u8, .. value, .. "\r\n"u8], name.Length, FieldClass.Of(name, value));
    }

    private sealed record Entry(byte[] Line, int NameLength, FieldClass Class);
}
