// Hot: once for each line; formats anew once a second, and three digits once a millisecond.
namespace Weir.Pipeline.AccessLogging;

/// <summary>The time of lines as text, kept for as long as it stays the same. Used by one loop.</summary>
internal sealed class LineClock
{
    private const int MillisecondsAt = 20;

    private readonly byte[] _rfc3339 = new byte["2026-11-21T09:14:31.000Z".Length];
    private readonly byte[] _common = new byte["21/Nov/2026:09:14:31 +0000".Length];
    private long _nowMs = -1;
    private long _second = -1;

    private static ReadOnlySpan<byte> Months => "JanFebMarAprMayJunJulAugSepOctNovDec"u8;

    /// <summary>"2026-11-21T09:14:31.000Z" (RFC 3339).</summary>
    internal ReadOnlySpan<byte> Rfc3339(long unixMs)
    {
        Update(unixMs);
        return _rfc3339;
    }

    /// <summary>"21/Nov/2026:09:14:31 +0000" (the common log format).</summary>
    internal ReadOnlySpan<byte> Common(long unixMs)
    {
        Update(unixMs);
        return _common;
    }

    private void Update(long unixMs)
    {
        if (unixMs == _nowMs)
        {
            return;
        }

        _nowMs = unixMs;
        long second = unixMs / 1000;
        if (second != _second)
        {
            _second = second;
            WriteSecond(DateTimeOffset.FromUnixTimeSeconds(second));
        }

        WriteDigits(_rfc3339.AsSpan(MillisecondsAt, 3), (int)(unixMs - (second * 1000)));
    }

    private void WriteSecond(DateTimeOffset time)
    {
        "0000-00-00T00:00:00.000Z"u8.CopyTo(_rfc3339);
        WriteDigits(_rfc3339.AsSpan(0, 4), time.Year);
        WriteDigits(_rfc3339.AsSpan(5, 2), time.Month);
        WriteDigits(_rfc3339.AsSpan(8, 2), time.Day);
        WriteDigits(_rfc3339.AsSpan(11, 2), time.Hour);
        WriteDigits(_rfc3339.AsSpan(14, 2), time.Minute);
        WriteDigits(_rfc3339.AsSpan(17, 2), time.Second);

        "00/Jan/0000:00:00:00 +0000"u8.CopyTo(_common);
        Months.Slice((time.Month - 1) * 3, 3).CopyTo(_common.AsSpan(3));
        _rfc3339.AsSpan(8, 2).CopyTo(_common);
        _rfc3339.AsSpan(0, 4).CopyTo(_common.AsSpan(7));
        _rfc3339.AsSpan(11, 8).CopyTo(_common.AsSpan(12));
    }

    private static void WriteDigits(Span<byte> digits, int value)
    {
        for (int i = digits.Length - 1; i >= 0; i--)
        {
            digits[i] = (byte)('0' + (value % 10));
            value /= 10;
        }
    }
}
