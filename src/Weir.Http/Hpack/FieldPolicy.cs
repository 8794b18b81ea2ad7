namespace Weir.Http.Hpack;

/// <summary>How an encoder sends fields of a name (RFC 7541 sections 6.2 and 7.1).</summary>
internal enum FieldPolicy : byte
{
    /// <summary>The value comes again: it goes into the table.</summary>
    Index,

    /// <summary>The value is another one in each message: it would only push others out.</summary>
    Plain,

    /// <summary>A secret: no hop may put it into a table, where its length and guesses at it would show.</summary>
    Never,
}
