// Hot for heads that come in pieces.
using Weir.Abstractions.Heads;

namespace Weir.Http.Http1;

/// <summary>
/// What both parsers of heads do while the end has not come: each line is looked at once, however many pieces it comes in.
/// </summary>
internal static class HeadScan
{
    /// <summary>
    /// Looks at the lines that are new since the last call. True: the head is unfinished. Whatever ends it, well or badly, is then judged
    /// from its start.
    /// </summary>
    public static bool IsUnfinished(ReadOnlySpan<byte> window, ref int scanned, HeaderFields fields, in HeadLimits limits)
    {
        if (scanned == 0)
        {
            return false;
        }

        int position = scanned;
        ParseStatus status = FieldLines.Read(window, ref position, 0, fields, limits.FieldCount, out _);
        scanned = position;
        fields.Clear();
        return status == ParseStatus.NeedMore;
    }

    /// <summary>The verdict on an unfinished head: one that fills its bound never ends.</summary>
    public static ParseStatus NeedMoreOrTooLarge(ReadOnlySpan<byte> window, in HeadLimits limits, out RejectReason reason)
    {
        bool isTooLarge = window.Length >= limits.HeadOctets;
        reason = isTooLarge ? RejectReason.HeadTooLarge : RejectReason.None;
        return isTooLarge ? ParseStatus.Rejected : ParseStatus.NeedMore;
    }
}
