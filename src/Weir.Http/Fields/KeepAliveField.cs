using System.Text;

namespace Weir.Http.Fields;

/// <summary>Keep-Alive: how long a server keeps an idle connection (RFC 2068 section 19.7.1.1, in use though never standard).</summary>
public static class KeepAliveField
{
    // Longer is no hint: no connection idles for a day.
    private const int LongestSeconds = 86_400;

    /// <summary>The seconds of "timeout=N", at most a day; -1 when there is none or it is no number.</summary>
    public static int TimeoutSeconds(ReadOnlySpan<byte> value)
    {
        foreach (ReadOnlySpan<byte> member in new ListField(value))
        {
            int equals = member.IndexOf((byte)'=');
            if (equals < 0 || !Ascii.EqualsIgnoreCase(member[..equals].Trim((byte)' '), "timeout"u8))
            {
                continue;
            }

            ReadOnlySpan<byte> number = member[(equals + 1)..].Trim((byte)' ');
            return ContentLength.TryParse(number, out long seconds) ? (int)Math.Min(seconds, LongestSeconds) : -1;
        }

        return -1;
    }
}
