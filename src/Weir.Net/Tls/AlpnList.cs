namespace Weir.Net.Tls;

/// <summary>A list of protocol names, each behind its length (RFC 7301 section 3.1).</summary>
internal static class AlpnList
{
    /// <summary>Where a name's length stands in the list; -1 when it is not there or the list is broken before it.</summary>
    public static int Find(ReadOnlySpan<byte> list, ReadOnlySpan<byte> name)
    {
        int at = 0;
        while (at < list.Length)
        {
            int length = list[at];
            if (length == 0 || at + 1 + length > list.Length)
            {
                return -1;
            }

            if (list.Slice(at + 1, length).SequenceEqual(name))
            {
                return at;
            }

            at += 1 + length;
        }

        return -1;
    }
}
