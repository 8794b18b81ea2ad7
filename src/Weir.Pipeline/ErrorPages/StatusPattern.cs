using System.Globalization;

namespace Weir.Pipeline.ErrorPages;

/// <summary>The statuses that a page is for: one ("502"), or a class ("5xx").</summary>
/// <param name="First">The lowest status.</param>
/// <param name="Last">The highest status.</param>
public readonly record struct StatusPattern(int First, int Last)
{
    internal const int Lowest = 400;
    internal const int Highest = 599;

    /// <summary>Whether it is one status: such a page goes before that of a class.</summary>
    public bool IsExact => First == Last;

    /// <summary>Reads a pattern; false when it is neither a status from 400 to 599 nor "4xx" or "5xx".</summary>
    public static bool TryParse(string text, out StatusPattern pattern)
    {
        pattern = default;
        if (text.Length == 3 && text[0] is '4' or '5' && text.EndsWith("xx", StringComparison.OrdinalIgnoreCase))
        {
            int first = (text[0] - '0') * 100;
            pattern = new StatusPattern(first, first + 99);
            return true;
        }

        if (!int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int status) || status is < Lowest or > Highest)
        {
            return false;
        }

        pattern = new StatusPattern(status, status);
        return true;
    }

    /// <summary>Whether the status is one of them.</summary>
    public bool Contains(int status) => status >= First && status <= Last;
}
