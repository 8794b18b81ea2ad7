using System.Text;
using Weir.Cache.Purging;

namespace Weir.Cache.Statistics;

/// <summary>A key for people: its URL.</summary>
internal static class KeyText
{
    public static string Of(ReadOnlySpan<byte> key) => KeyParts.TryRead(key, out KeyParts parts)
        ? $"{Encoding.UTF8.GetString(parts.Scheme)}://{Encoding.UTF8.GetString(parts.Authority)}{Encoding.UTF8.GetString(parts.Target)}"
        : Encoding.UTF8.GetString(key);
}
