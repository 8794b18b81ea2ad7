using Weir.Abstractions.Heads;

namespace Weir.Cache.Freshness;

/// <summary>How old a response is (RFC 9111 section 4.2.3), in seconds.</summary>
public static class AgeRules
{
    /// <summary>The Age field's value; 0 where there is none, or none that is valid.</summary>
    public static long ReadAge(HeaderFields fields)
    {
        if (!fields.TryGet(KnownField.Age, out ReadOnlySpan<byte> value))
        {
            return 0;
        }

        // RFC 9111 section 5.1: of a list the first member counts; what is no number is ignored.
        int comma = value.IndexOf((byte)',');
        return DeltaSeconds.ParseOrZero((comma < 0 ? value : value[..comma]).TrimEnd(" \t"u8));
    }

    /// <summary>corrected_initial_age: how old a response already is when it arrives.</summary>
    /// <param name="fields">The response's fields.</param>
    /// <param name="requestTimeSeconds">request_time: when it was asked for.</param>
    /// <param name="responseTimeSeconds">response_time: when it came.</param>
    public static long CorrectedInitialAge(HeaderFields fields, long requestTimeSeconds, long responseTimeSeconds)
    {
        bool hasDate = Dates.Read(fields, KnownField.Date, responseTimeSeconds, out long date);
        long apparentAge = hasDate ? Math.Clamp(responseTimeSeconds - date, 0, DeltaSeconds.Most) : 0;
        long responseDelay = Math.Max(responseTimeSeconds - requestTimeSeconds, 0);
        return Math.Max(apparentAge, DeltaSeconds.Add(ReadAge(fields), responseDelay));
    }
}
