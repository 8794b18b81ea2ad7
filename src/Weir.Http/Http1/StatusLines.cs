// Hot: one look-up for each response.
using System.Text;

namespace Weir.Http.Http1;

/// <summary>
/// Status lines of HTTP/1.1 with the registered reason phrases. An origin's own phrase is not forwarded: it means nothing
/// (RFC 9112 section 4) and it is one more place to smuggle text through.
/// </summary>
internal static class StatusLines
{
    private const int Lowest = 100;
    private const int Highest = 999;

    private static readonly byte[][] _lines = Build();

    /// <summary>The longest line.</summary>
    public static int MostOctets { get; } = _lines.Max(line => line.Length);

    /// <summary>"HTTP/1.1 200 OK" and CRLF, for a status from 100 to 999.</summary>
    public static ReadOnlySpan<byte> For(int status) => _lines[status - Lowest];

    private static byte[][] Build()
    {
        byte[][] lines = new byte[Highest - Lowest + 1][];
        for (int status = Lowest; status <= Highest; status++)
        {
            lines[status - Lowest] = Encoding.ASCII.GetBytes($"HTTP/1.1 {status} {ReasonPhrases.For(status)}\r\n");
        }

        return lines;
    }
}
