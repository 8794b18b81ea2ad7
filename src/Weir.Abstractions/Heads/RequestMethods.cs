namespace Weir.Abstractions.Heads;

/// <summary>Properties of methods (RFC 9110 section 9.2, RFC 10008).</summary>
public static class RequestMethods
{
    /// <summary>Finds a method. Methods are case-sensitive (RFC 9110 section 9.1).</summary>
    public static RequestMethod Find(ReadOnlySpan<byte> token) => token.Length switch
    {
        3 => token.SequenceEqual("GET"u8) ? RequestMethod.Get : token.SequenceEqual("PUT"u8) ? RequestMethod.Put : RequestMethod.Other,
        4 => token.SequenceEqual("POST"u8) ? RequestMethod.Post : token.SequenceEqual("HEAD"u8) ? RequestMethod.Head : RequestMethod.Other,
        5 => token.SequenceEqual("PATCH"u8) ? RequestMethod.Patch
            : token.SequenceEqual("TRACE"u8) ? RequestMethod.Trace
            : token.SequenceEqual("QUERY"u8) ? RequestMethod.Query : RequestMethod.Other,
        6 => token.SequenceEqual("DELETE"u8) ? RequestMethod.Delete : RequestMethod.Other,
        7 => token.SequenceEqual("OPTIONS"u8) ? RequestMethod.Options : token.SequenceEqual("CONNECT"u8) ? RequestMethod.Connect : RequestMethod.Other,
        _ => RequestMethod.Other,
    };

    /// <summary>RFC 9110 section 9.2.1.</summary>
    public static bool IsSafe(RequestMethod method) =>
        method is RequestMethod.Get or RequestMethod.Head or RequestMethod.Options or RequestMethod.Trace or RequestMethod.Query;

    /// <summary>RFC 9110 section 9.2.2.</summary>
    public static bool IsIdempotent(RequestMethod method) => IsSafe(method) || method is RequestMethod.Put or RequestMethod.Delete;
}
