using System.Text;
using Weir.Abstractions.Heads;

namespace Weir.Cache.Freshness;

/// <summary>What stored responses a request makes invalid (RFC 9111 section 4.4).</summary>
public static class Invalidation
{
    /// <summary>Whether the target URI is: an unsafe method, answered without an error.</summary>
    public static bool Applies(RequestMethod method, int status) =>
        status is >= 200 and < 400
        && method is not (RequestMethod.Get or RequestMethod.Head or RequestMethod.Options or RequestMethod.Trace or RequestMethod.Query);

    /// <summary>
    /// The path and query that a Location or Content-Location names, where it has the request's origin: others may not be invalidated. A
    /// path is not normalised here.
    /// </summary>
    /// <param name="reference">The field's value.</param>
    /// <param name="request">The request: its scheme, authority and path.</param>
    /// <param name="target">Where a relative path is put together: as long as both together, and two octets more.</param>
    /// <param name="pathAndQuery">What it names, from the slash on, without a fragment.</param>
    public static bool TryResolve(ReadOnlySpan<byte> reference, RequestHead request, Span<byte> target, out ReadOnlySpan<byte> pathAndQuery)
    {
        pathAndQuery = default;
        int fragment = reference.IndexOf((byte)'#');
        reference = fragment < 0 ? reference : reference[..fragment];
        ReadOnlySpan<byte> rest = reference;
        int colon = rest.IndexOfAny((byte)':', (byte)'/', (byte)'?');
        if (colon > 0 && rest[colon] == (byte)':')
        {
            if (!Ascii.EqualsIgnoreCase(rest[..colon], request.IsHttps ? "https"u8 : "http"u8))
            {
                return false;
            }

            rest = rest[(colon + 1)..];
            if (!rest.StartsWith("//"u8))
            {
                return false;
            }
        }

        if (rest.StartsWith("//"u8))
        {
            rest = rest[2..];
            int end = rest.IndexOfAny((byte)'/', (byte)'?');
            ReadOnlySpan<byte> authority = end < 0 ? rest : rest[..end];
            if (!IsSameAuthority(authority, request))
            {
                return false;
            }

            // RFC 9110 section 4.2.3: no path is that of "/".
            rest = end < 0 ? default : rest[end..];
            return rest.StartsWith("/"u8) ? Take(rest, out pathAndQuery) : Join("/"u8, rest, target, out pathAndQuery);
        }

        return Absolute(rest, request, target, out pathAndQuery);
    }

    private static bool Absolute(ReadOnlySpan<byte> rest, RequestHead request, Span<byte> target, out ReadOnlySpan<byte> pathAndQuery)
    {
        if (rest.StartsWith("/"u8))
        {
            return Take(rest, out pathAndQuery);
        }

        // RFC 3986 section 5.2.3: a relative path takes the place of what stands behind the last slash; a query alone keeps the path.
        ReadOnlySpan<byte> path = request.Path;
        ReadOnlySpan<byte> kept = rest.IsEmpty || rest[0] == (byte)'?' ? path : path[..(path.LastIndexOf((byte)'/') + 1)];
        return Join(kept.IsEmpty ? "/"u8 : kept, rest, target, out pathAndQuery);
    }

    private static bool Take(ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> pathAndQuery)
    {
        pathAndQuery = rest;
        return true;
    }

    private static bool Join(
        ReadOnlySpan<byte> path, ReadOnlySpan<byte> rest, Span<byte> target, out ReadOnlySpan<byte> pathAndQuery)
    {
        path.CopyTo(target);
        rest.CopyTo(target[path.Length..]);
        pathAndQuery = target[..(path.Length + rest.Length)];
        return true;
    }

    private static bool IsSameAuthority(ReadOnlySpan<byte> authority, RequestHead request)
    {
        ReadOnlySpan<byte> port = request.IsHttps ? ":443"u8 : ":80"u8;
        return Ascii.EqualsIgnoreCase(WithoutPort(authority, port), WithoutPort(request.Authority, port));
    }

    private static ReadOnlySpan<byte> WithoutPort(ReadOnlySpan<byte> authority, ReadOnlySpan<byte> port) =>
        authority.EndsWith(port) ? authority[..^port.Length] : authority;
}
