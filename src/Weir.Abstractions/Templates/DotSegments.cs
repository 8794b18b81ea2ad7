// Hot: every rendered path is checked here.
namespace Weir.Abstractions.Templates;

/// <summary>Looks for "." and ".." as whole segments, plain or encoded, which would lead out of the path that the user wrote.</summary>
public static class DotSegments
{
    /// <summary>Whether the path of a URL, absolute or not, has a dot segment.</summary>
    public static bool IsIn(ReadOnlySpan<byte> url)
    {
        int end = url.IndexOfAny((byte)'?', (byte)'#');
        ReadOnlySpan<byte> path = end < 0 ? url : url[..end];
        if (path.IndexOf("/."u8) < 0 && path.IndexOf("/%2"u8) < 0)
        {
            return false;
        }

        while (!path.IsEmpty)
        {
            int slash = path.IndexOf((byte)'/');
            if (IsDotSegment(slash < 0 ? path : path[..slash]))
            {
                return true;
            }

            path = slash < 0 ? default : path[(slash + 1)..];
        }

        return false;
    }

    private static bool IsDotSegment(ReadOnlySpan<byte> segment)
    {
        int dots = 0;
        while (!segment.IsEmpty)
        {
            int length = DotLength(segment);
            if (length == 0)
            {
                return false;
            }

            dots++;
            segment = segment[length..];
        }

        return dots is 1 or 2;
    }

    private static int DotLength(ReadOnlySpan<byte> segment)
    {
        if (segment[0] == (byte)'.')
        {
            return 1;
        }

        bool isEncoded = segment.Length >= 3 && segment[0] == (byte)'%' && segment[1] == (byte)'2' && (segment[2] | 0x20) == (byte)'e';
        return isEncoded ? 3 : 0;
    }
}
