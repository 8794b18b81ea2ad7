using System.Text;

namespace Weir.Cache.Freshness;

/// <summary>Finds a directive by its name, without case.</summary>
internal static class ResponseDirectiveNames
{
    public static ResponseDirectiveName Find(ReadOnlySpan<byte> name) => name.Length switch
    {
        6 => Is(name, "public"u8) ? ResponseDirectiveName.Public : ResponseDirectiveName.Unknown,
        7 => Is(name, "max-age"u8) ? ResponseDirectiveName.MaxAge
            : Is(name, "private"u8) ? ResponseDirectiveName.Private : ResponseDirectiveName.Unknown,
        8 => Is(name, "s-maxage"u8) ? ResponseDirectiveName.SharedMaxAge
            : Is(name, "no-cache"u8) ? ResponseDirectiveName.NoCache
            : Is(name, "no-store"u8) ? ResponseDirectiveName.NoStore : ResponseDirectiveName.Unknown,
        9 => Is(name, "immutable"u8) ? ResponseDirectiveName.Immutable : ResponseDirectiveName.Unknown,
        12 => Is(name, "no-transform"u8) ? ResponseDirectiveName.NoTransform : ResponseDirectiveName.Unknown,
        14 => Is(name, "stale-if-error"u8) ? ResponseDirectiveName.StaleIfError : ResponseDirectiveName.Unknown,
        15 => Is(name, "must-revalidate"u8) ? ResponseDirectiveName.MustRevalidate
            : Is(name, "must-understand"u8) ? ResponseDirectiveName.MustUnderstand : ResponseDirectiveName.Unknown,
        16 => Is(name, "proxy-revalidate"u8) ? ResponseDirectiveName.ProxyRevalidate : ResponseDirectiveName.Unknown,
        22 => Is(name, "stale-while-revalidate"u8) ? ResponseDirectiveName.StaleWhileRevalidate : ResponseDirectiveName.Unknown,
        _ => ResponseDirectiveName.Unknown,
    };

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> known) => Ascii.EqualsIgnoreCase(name, known);
}
