namespace Weir.Pipeline.Routing;

/// <summary>ASCII case of octets; octets above 127 have no case. (The platform's comparison refuses them.)</summary>
internal static class OctetCase
{
    /// <summary>The octet in lower case.</summary>
    public static byte Lower(byte octet) => (uint)(octet - 'A') <= 'Z' - 'A' ? (byte)(octet | 0x20) : octet;

    /// <summary>The octets in lower case, as a new array.</summary>
    public static byte[] Lower(ReadOnlySpan<byte> octets)
    {
        byte[] lower = new byte[octets.Length];
        for (int i = 0; i < octets.Length; i++)
        {
            lower[i] = Lower(octets[i]);
        }

        return lower;
    }

    /// <summary>Whether octets equal a key in lower case when their case is ignored.</summary>
    public static bool EqualsLower(ReadOnlySpan<byte> octets, ReadOnlySpan<byte> lowerKey)
    {
        if (octets.Length != lowerKey.Length)
        {
            return false;
        }

        for (int i = 0; i < octets.Length; i++)
        {
            if (Lower(octets[i]) != lowerKey[i])
            {
                return false;
            }
        }

        return true;
    }
}
