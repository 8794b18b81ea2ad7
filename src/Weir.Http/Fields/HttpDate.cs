namespace Weir.Http.Fields;

/// <summary>Dates of HTTP (RFC 9110 section 5.6.7) as seconds since 1970-01-01 UTC.</summary>
public static class HttpDate
{
    /// <summary>Octets of the form that is written: "Sun, 06 Nov 1994 08:49:37 GMT".</summary>
    public const int Octets = 29;

    private const int RecentYears = 50;
    private const long SecondsPerDay = 86_400;

    private static ReadOnlySpan<byte> DayNames => "SunMonTueWedThuFriSat"u8;

    private static ReadOnlySpan<byte> MonthNames => "JanFebMarAprMayJunJulAugSepOctNovDec"u8;

    /// <summary>Writes a date; <paramref name="target"/> holds at least <see cref="Octets"/>.</summary>
    /// <param name="unixSeconds">Seconds since 1970, of the years 1 to 9999.</param>
    /// <param name="target">Where to write.</param>
    public static void Format(long unixSeconds, Span<byte> target)
    {
        DateTime date = DateTime.UnixEpoch.AddSeconds(unixSeconds);
        DayNames.Slice(3 * (int)date.DayOfWeek, 3).CopyTo(target);
        ", "u8.CopyTo(target[3..]);
        WriteTwo(target[5..], date.Day);
        target[7] = (byte)' ';
        MonthNames.Slice(3 * (date.Month - 1), 3).CopyTo(target[8..]);
        target[11] = (byte)' ';
        WriteTwo(target[12..], date.Year / 100);
        WriteTwo(target[14..], date.Year % 100);
        target[16] = (byte)' ';
        WriteTwo(target[17..], date.Hour);
        target[19] = (byte)':';
        WriteTwo(target[20..], date.Minute);
        target[22] = (byte)':';
        WriteTwo(target[23..], date.Second);
        " GMT"u8.CopyTo(target[25..]);
    }

    /// <summary>Reads any of the three forms.</summary>
    /// <param name="text">The field's value.</param>
    /// <param name="nowUnixSeconds">The time by which a year of two digits is understood.</param>
    /// <param name="unixSeconds">Seconds since 1970.</param>
    public static bool TryParse(ReadOnlySpan<byte> text, long nowUnixSeconds, out long unixSeconds)
    {
        unixSeconds = 0;
        int comma = text.IndexOf((byte)',');
        if (comma < 0)
        {
            return TryParseAsctime(text, out unixSeconds);
        }

        return comma == 3 ? TryParseFixed(text, out unixSeconds) : TryParseRfc850(text, comma, nowUnixSeconds, out unixSeconds);
    }

    private static void WriteTwo(Span<byte> target, int value)
    {
        target[0] = (byte)('0' + (value / 10));
        target[1] = (byte)('0' + (value % 10));
    }

    // "Sun, 06 Nov 1994 08:49:37 GMT"
    private static bool TryParseFixed(ReadOnlySpan<byte> text, out long unixSeconds)
    {
        unixSeconds = 0;
        return text.Length == Octets
            && DayOf(text[..3]) >= 0
            && text[4] == ' ' && text[7] == ' ' && text[11] == ' ' && text[16] == ' '
            && text[25..].SequenceEqual(" GMT"u8)
            && TryMake(Number(text.Slice(12, 4)), MonthOf(text.Slice(8, 3)), Number(text.Slice(5, 2)), text.Slice(17, 8), out unixSeconds);
    }

    // "Sunday, 06-Nov-94 08:49:37 GMT"
    private static bool TryParseRfc850(ReadOnlySpan<byte> text, int comma, long nowUnixSeconds, out long unixSeconds)
    {
        unixSeconds = 0;
        ReadOnlySpan<byte> rest = text[(comma + 1)..];
        if (rest.Length != 23 || !IsLongDay(text[..comma]) || rest[0] != ' ' || rest[3] != '-' || rest[7] != '-' || rest[10] != ' '
            || !rest[19..].SequenceEqual(" GMT"u8))
        {
            return false;
        }

        // RFC 9110 section 5.6.7: a year that seems more than 50 years ahead is the most recent past one that ends so.
        int currentYear = DateTime.UnixEpoch.AddSeconds(nowUnixSeconds).Year;
        int twoDigits = Number(rest.Slice(8, 2));
        int year = currentYear - (currentYear % 100) + twoDigits;
        year = year > currentYear + RecentYears ? year - 100 : year;
        return twoDigits >= 0 && TryMake(year, MonthOf(rest.Slice(4, 3)), Number(rest.Slice(1, 2)), rest.Slice(11, 8), out unixSeconds);
    }

    // "Sun Nov  6 08:49:37 1994"
    private static bool TryParseAsctime(ReadOnlySpan<byte> text, out long unixSeconds)
    {
        unixSeconds = 0;
        if (text.Length != 24 || DayOf(text[..3]) < 0 || text[3] != ' ' || text[7] != ' ' || text[10] != ' ' || text[19] != ' ')
        {
            return false;
        }

        int day = text[8] == ' ' ? Number(text.Slice(9, 1)) : Number(text.Slice(8, 2));
        return TryMake(Number(text.Slice(20, 4)), MonthOf(text.Slice(4, 3)), day, text.Slice(11, 8), out unixSeconds);
    }

    private static bool TryMake(int year, int month, int day, ReadOnlySpan<byte> time, out long unixSeconds)
    {
        unixSeconds = 0;
        int hour = Number(time[..2]);
        int minute = Number(time.Slice(3, 2));
        int second = Number(time.Slice(6, 2));
        bool isDate = year >= 1 && month >= 1 && day >= 1 && day <= DateTime.DaysInMonth(year, month);

        // A leap second is allowed by the grammar; there is no such second in a count of seconds.
        bool isTime = time[2] == ':' && time[5] == ':' && hour is >= 0 and < 24 && minute is >= 0 and < 60 && second is >= 0 and <= 60;
        if (!isDate || !isTime)
        {
            return false;
        }

        long days = (long)(new DateTime(year, month, day, 0, 0, 0, DateTimeKind.Utc) - DateTime.UnixEpoch).TotalDays;
        unixSeconds = (days * SecondsPerDay) + (hour * 3600) + (minute * 60) + second;
        return true;
    }

    private static int Number(ReadOnlySpan<byte> digits)
    {
        int value = 0;
        foreach (byte octet in digits)
        {
            if (octet is < (byte)'0' or > (byte)'9')
            {
                return -1;
            }

            value = (value * 10) + (octet - '0');
        }

        return value;
    }

    // Names are case-sensitive (RFC 9110 section 5.6.7).
    private static int DayOf(ReadOnlySpan<byte> name) => PlaceOf(DayNames, name);

    private static int MonthOf(ReadOnlySpan<byte> name) => PlaceOf(MonthNames, name) + 1;

    private static int PlaceOf(ReadOnlySpan<byte> names, ReadOnlySpan<byte> name)
    {
        for (int i = 0; i < names.Length; i += 3)
        {
            if (names.Slice(i, 3).SequenceEqual(name))
            {
                return i / 3;
            }
        }

        return -1;
    }

    private static bool IsLongDay(ReadOnlySpan<byte> name) =>
        name.SequenceEqual("Sunday"u8) || name.SequenceEqual("Monday"u8) || name.SequenceEqual("Tuesday"u8)
        || name.SequenceEqual("Wednesday"u8) || name.SequenceEqual("Thursday"u8) || name.SequenceEqual("Friday"u8)
        || name.SequenceEqual("Saturday"u8);
}
