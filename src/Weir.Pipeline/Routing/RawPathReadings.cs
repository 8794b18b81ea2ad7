using System.Buffers;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Http.Semantics;

namespace Weir.Pipeline.Routing;

/// <summary>
/// For sites that forward paths as they came: whether the origin, which gets the received octets, might read a path that another route
/// takes. Beside the readings of the normal form there are those of what was received: a dot segment can hide a "//", and an origin may
/// leave dot segments as they are.
/// </summary>
internal static class RawPathReadings
{
    private const PathReadings All = PathReadings.DecodeSlashes | PathReadings.MergeSlashes | PathReadings.DropParameters;

    /// <summary>Whether some reading of the received path leads elsewhere than the match.</summary>
    public static bool LeadElsewhere<TRoute>(RouteTable<TRoute> routes, Exchange exchange, in RouteMatch<TRoute> match)
        where TRoute : class
    {
        RequestHead request = exchange.Request;
        ReadOnlySpan<byte> received = RequestTarget.Path(request.Target);
        if (request.IsTargetChanged || received.IsEmpty || received.SequenceEqual(request.Path))
        {
            return false;
        }

        // With dots in place an origin that compares prefixes sees the first segments, whatever follows them.
        if (HasDotSegment(received) && routes.Find(exchange, received).Index != match.Index)
        {
            return true;
        }

        PathReadings possible = PathAmbiguity.Find(received);
        return possible != PathReadings.None && AnyLeadsElsewhere(routes, exchange, match.Index, received, possible);
    }

    private static bool AnyLeadsElsewhere<TRoute>(
        RouteTable<TRoute> routes, Exchange exchange, int index, ReadOnlySpan<byte> received, PathReadings possible)
        where TRoute : class
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(received.Length);
        bool isElsewhere = false;
        for (PathReadings reading = PathReadings.DecodeSlashes; reading <= All && !isElsewhere; reading++)
        {
            isElsewhere = (reading & ~possible) == PathReadings.None
                && (!PathAmbiguity.TryRead(received, reading, buffer, out int written)
                    || routes.Find(exchange, buffer.AsSpan(0, written)).Index != index);
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return isElsewhere;
    }

    // "/." and "/%2e" begin one, or a name that only looks like one: then the comparison finds no difference.
    private static bool HasDotSegment(ReadOnlySpan<byte> path) =>
        path.IndexOf("/."u8) >= 0 || path.IndexOf("/%2e"u8) >= 0 || path.IndexOf("/%2E"u8) >= 0;
}
