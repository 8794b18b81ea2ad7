namespace Weir.Cache.Freshness;

/// <summary>Times as caches say them: whole seconds, not negative (RFC 9111 section 1.2.2).</summary>
public static class DeltaSeconds
{
    /// <summary>RFC 9111 section 1.2.2: what is larger counts as this, 2^31.</summary>
    public const long Most = 1L << 31;

    /// <summary>Reads digits; too large a number becomes <see cref="Most"/>. False: it is no such number.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long seconds)
    {
        seconds = 0;
        if (text.IsEmpty)
        {
            return false;
        }

        foreach (byte octet in text)
        {
            uint digit = (uint)octet - '0';
            if (digit > 9)
            {
                seconds = 0;
                return false;
            }

            seconds = Math.Min((seconds * 10) + digit, Most);
        }

        return true;
    }

    /// <summary>As <see cref="TryParse"/>; 0 for what is no such number.</summary>
    public static long ParseOrZero(ReadOnlySpan<byte> text) => TryParse(text, out long seconds) ? seconds : 0;

    /// <summary>The sum of two times, at most <see cref="Most"/>.</summary>
    public static long Add(long left, long right) => Math.Min(left + right, Most);
}
