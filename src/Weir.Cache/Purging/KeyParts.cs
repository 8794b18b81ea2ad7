namespace Weir.Cache.Purging;

/// <summary>
/// The parts of a key that purges name (see <see cref="Keys.KeyWriter"/>): behind its scope, each on a line, come scheme, authority, path
/// and query. What follows tells variants apart, and is no part of a URL.
/// </summary>
internal readonly ref struct KeyParts
{
    private KeyParts(ReadOnlySpan<byte> origin, ReadOnlySpan<byte> url, int schemeOctets)
    {
        Origin = origin;
        Url = url;
        Scheme = origin[..schemeOctets];
        Authority = origin[(schemeOctets + 1)..];
        int end = Authority.LastIndexOf((byte)']') is var bracket and >= 0 ? bracket + 1 : Authority.IndexOf((byte)':');
        Host = end < 0 ? Authority : Authority[..end];
    }

    /// <summary>Scheme, line feed, authority.</summary>
    public ReadOnlySpan<byte> Origin { get; }

    /// <summary>Scheme, line feed, authority, line feed, path and query.</summary>
    public ReadOnlySpan<byte> Url { get; }

    public ReadOnlySpan<byte> Scheme { get; }

    public ReadOnlySpan<byte> Authority { get; }

    /// <summary>The authority without a port.</summary>
    public ReadOnlySpan<byte> Host { get; }

    /// <summary>Path and query.</summary>
    public ReadOnlySpan<byte> Target => Url[(Origin.Length + 1)..];

    /// <summary>False: it is no key of a URL.</summary>
    public static bool TryRead(ReadOnlySpan<byte> key, out KeyParts parts)
    {
        parts = default;
        int start = StartOf(key, out int schemeOctets);
        if (start < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = key[start..];
        int authority = rest[(schemeOctets + 1)..].IndexOf((byte)'\n');
        if (authority < 0)
        {
            return false;
        }

        int originOctets = schemeOctets + 1 + authority;
        int target = rest[(originOctets + 1)..].IndexOf((byte)'\n');
        ReadOnlySpan<byte> url = target < 0 ? rest : rest[..(originOctets + 1 + target)];
        parts = new KeyParts(rest[..originOctets], url, schemeOctets);
        return true;
    }

    // No scope has a line that is a scheme's name.
    private static int StartOf(ReadOnlySpan<byte> key, out int schemeOctets)
    {
        for (int at = key.IndexOf((byte)'\n'); at >= 0;)
        {
            ReadOnlySpan<byte> line = key[(at + 1)..];
            schemeOctets = line.StartsWith("https\n"u8) ? 5 : line.StartsWith("http\n"u8) ? 4 : 0;
            if (schemeOctets > 0)
            {
                return at + 1;
            }

            int step = line.IndexOf((byte)'\n');
            at = step < 0 ? -1 : at + 1 + step;
        }

        schemeOctets = 0;
        return -1;
    }
}
