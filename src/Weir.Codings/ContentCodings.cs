using System.Text;

namespace Weir.Codings;

/// <summary>The names of content codings.</summary>
public static class ContentCodings
{
    /// <summary>The name, as it stands in Content-Encoding.</summary>
    public static ReadOnlySpan<byte> Name(ContentCoding coding) => coding switch
    {
        ContentCoding.Gzip => "gzip"u8,
        ContentCoding.Brotli => "br"u8,
        ContentCoding.Zstd => "zstd"u8,
        ContentCoding.Deflate => "deflate"u8,
        _ => "identity"u8,
    };

    /// <summary>The coding of a name, in any case (RFC 9110 section 8.4.1); false for one that is not known here.</summary>
    public static bool TryParse(ReadOnlySpan<byte> name, out ContentCoding coding)
    {
        coding = name.Length switch
        {
            2 when Ascii.EqualsIgnoreCase(name, "br"u8) => ContentCoding.Brotli,
            4 when Ascii.EqualsIgnoreCase(name, "gzip"u8) => ContentCoding.Gzip,
            4 when Ascii.EqualsIgnoreCase(name, "zstd"u8) => ContentCoding.Zstd,

            // RFC 9110 section 8.4.1.3: equivalent.
            6 when Ascii.EqualsIgnoreCase(name, "x-gzip"u8) => ContentCoding.Gzip,
            7 when Ascii.EqualsIgnoreCase(name, "deflate"u8) => ContentCoding.Deflate,
            _ => ContentCoding.Identity,
        };
        return coding != ContentCoding.Identity || Ascii.EqualsIgnoreCase(name, "identity"u8);
    }
}
