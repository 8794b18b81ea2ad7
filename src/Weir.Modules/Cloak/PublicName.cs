// Hot: runs for each internal name that was found.
using Weir.Abstractions.Heads;

namespace Weir.Modules.Cloak;

/// <summary>What clients get in place of an internal name: the host that they asked.</summary>
internal static class PublicName
{
    /// <summary>Octets of the longest one.</summary>
    public static int MostOctets(RequestHead request) => "https://"u8.Length + request.Authority.Length;

    /// <summary>Writes it in the form in which the internal one was found; returns its length.</summary>
    public static int Write(RequestHead request, InternalMatch match, Span<byte> target)
    {
        ReadOnlySpan<byte> scheme = SchemeFor(match, request.IsHttps);
        scheme.CopyTo(target);
        int length = scheme.Length;
        "//"u8[..match.Slashes].CopyTo(target[length..]);
        length += match.Slashes;

        // A port belongs to a URL, or to a name that had one.
        ReadOnlySpan<byte> name = match.Slashes > 0 || match.HasPort ? request.Authority : request.Host;
        name.CopyTo(target[length..]);
        return length + name.Length;
    }

    // "ws:" and "wss:" are of 3 and 4 octets, "http:" and "https:" of 5 and 6.
    private static ReadOnlySpan<byte> SchemeFor(InternalMatch match, bool isHttps) => match.Scheme switch
    {
        0 => default,
        < 5 => isHttps ? "wss:"u8 : "ws:"u8,
        _ => isHttps ? "https:"u8 : "http:"u8,
    };
}
