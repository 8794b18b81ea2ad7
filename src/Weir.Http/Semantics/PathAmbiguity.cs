using Weir.Http.Http1;

namespace Weir.Http.Semantics;

/// <summary>
/// The other paths that an origin may see in a path. Routing refuses a request when one of them would choose another route or
/// rule: for each sum of the readings that <see cref="Find"/> returns, ask <see cref="TryRead"/>.
/// </summary>
public static class PathAmbiguity
{
    /// <summary>Which readings would change the path as it was received (not normalised: dot segments can hide a "//").</summary>
    public static PathReadings Find(ReadOnlySpan<byte> path)
    {
        PathReadings found = PathReadings.None;
        for (int at = 0; ; at++)
        {
            int step = path[at..].IndexOfAny((byte)'%', (byte)';', (byte)'/');
            if (step < 0)
            {
                return found;
            }

            at += step;
            found |= path[at] switch
            {
                (byte)';' => PathReadings.DropParameters,
                (byte)'%' when IsEncoded(path[at..], "2f"u8) => PathReadings.DecodeSlashes,
                (byte)'%' when IsEncoded(path[at..], "3b"u8) => PathReadings.DropParameters,
                (byte)'/' when at + 1 < path.Length && path[at + 1] == (byte)'/' => PathReadings.MergeSlashes,
                _ => PathReadings.None,
            };
        }
    }

    /// <summary>Writes the normal form of the path under a reading.</summary>
    /// <param name="path">The path as received; it has passed <see cref="PathNormaliser"/>.</param>
    /// <param name="readings">What the origin does.</param>
    /// <param name="target">As long as the path or longer.</param>
    /// <param name="written">Octets written.</param>
    /// <returns>False when this reading leads above the root: such a request is refused too.</returns>
    public static bool TryRead(ReadOnlySpan<byte> path, PathReadings readings, Span<byte> target, out int written)
    {
        int length = 0;
        for (int at = 0; at < path.Length; at++)
        {
            byte octet = path[at];
            int taken = 1;
            if (octet == (byte)'%' && at + 2 < path.Length)
            {
                byte decoded = Hex.Decode(path[at + 1], path[at + 2]);
                bool isDecoded = (decoded == (byte)'/' && (readings & PathReadings.DecodeSlashes) != PathReadings.None)
                    || (decoded == (byte)';' && (readings & PathReadings.DropParameters) != PathReadings.None);
                if (isDecoded)
                {
                    octet = decoded;
                    taken = 3;
                }
            }

            if (octet == (byte)';' && (readings & PathReadings.DropParameters) != PathReadings.None)
            {
                at += EndOfParameters(path[at..], readings) - 1;
                continue;
            }

            bool isRepeated = octet == (byte)'/' && length > 0 && target[length - 1] == (byte)'/';
            if (!isRepeated || (readings & PathReadings.MergeSlashes) == PathReadings.None)
            {
                target[length++] = octet;
            }

            at += taken - 1;
        }

        return PathNormaliser.Normalise(target[..length], target, out written) == RejectReason.None;
    }

    private static bool IsEncoded(ReadOnlySpan<byte> rest, ReadOnlySpan<byte> lowerDigits) =>
        rest.Length > 2 && rest[1] == lowerDigits[0] && (rest[2] | 0x20) == lowerDigits[1];

    private static int EndOfParameters(ReadOnlySpan<byte> rest, PathReadings readings)
    {
        int slash = rest.IndexOf((byte)'/');
        int end = slash < 0 ? rest.Length : slash;
        if ((readings & PathReadings.DecodeSlashes) == PathReadings.None)
        {
            return end;
        }

        int upper = rest[..end].IndexOf("%2F"u8);
        int lower = rest[..end].IndexOf("%2f"u8);
        end = upper >= 0 ? Math.Min(end, upper) : end;
        return lower >= 0 ? Math.Min(end, lower) : end;
    }
}
