using Weir.Abstractions.Heads;

namespace Weir.Modules.Cache;

/// <summary>
/// Fields by which some applications let a client name another path, host or method than those in the key. What such a request gets is
/// stored for nobody: else one client could choose what others see (cache poisoning).
/// </summary>
internal static class OverridingFields
{
    private static readonly byte[][] _names =
    [
        "X-Original-URL"u8.ToArray(), "X-Rewrite-URL"u8.ToArray(), "X-Original-Host"u8.ToArray(), "X-Host"u8.ToArray(),
        "X-HTTP-Method-Override"u8.ToArray(), "X-HTTP-Method"u8.ToArray(), "X-Method-Override"u8.ToArray(), "X-Forwarded-Scheme"u8.ToArray(),
        "X-Forwarded-Server"u8.ToArray(), "X-Forwarded-Prefix"u8.ToArray(), "X-Forwarded-Path"u8.ToArray(), "Front-End-Https"u8.ToArray(),
    ];

    /// <summary>Whether one of them is there.</summary>
    public static bool AreIn(HeaderFields fields)
    {
        foreach (byte[] name in _names)
        {
            if (fields.Find(name) >= 0)
            {
                return true;
            }
        }

        return false;
    }
}
