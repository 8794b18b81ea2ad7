using Weir.Abstractions.Heads;

namespace Weir.Modules.Challenge;

/// <summary>Whether a page could be the answer to a request.</summary>
internal static class RequestWish
{
    /// <summary>Whether the client shows what it gets to somebody: a browser says so (Fetch Metadata), others name text/html.</summary>
    public static bool IsForPage(RequestHead request)
    {
        HeaderFields fields = request.Fields;
        if (fields.Has(KnownField.Upgrade))
        {
            return false;
        }

        if (fields.TryGet("Sec-Fetch-Dest"u8, out ReadOnlySpan<byte> destination))
        {
            return destination.SequenceEqual("document"u8) || destination.SequenceEqual("iframe"u8) || destination.SequenceEqual("frame"u8);
        }

        return fields.Find("X-Requested-With"u8) < 0 && FieldLists.Has(fields, KnownField.Accept, "text/html"u8);
    }

    /// <summary>Whether a page could come in place of what is asked for, so that asking again does no harm.</summary>
    public static bool IsRepeatable(RequestHead request) => request.Method is RequestMethod.Get or RequestMethod.Head;
}
