namespace Weir.Upstream.Resolving;

/// <summary>Why octets are not the answer to a query.</summary>
internal enum DnsDefect : byte
{
    /// <summary>They are.</summary>
    None,

    /// <summary>Shorter than a header.</summary>
    TooShort,

    /// <summary>A query, or an operation that was not asked for.</summary>
    NotAnAnswer,

    /// <summary>Another identifier: late, or forged.</summary>
    WrongId,

    /// <summary>It repeats another question, several, or none: late, or forged.</summary>
    WrongQuestion,

    /// <summary>The counts of the header promise more records than the octets can hold.</summary>
    ImpossibleCount,

    /// <summary>The message ends inside a record.</summary>
    CutShort,

    /// <summary>A name is too long, or has a label of an unknown kind.</summary>
    BadName,

    /// <summary>A compression pointer does not point backwards, or too many are chained.</summary>
    BadPointer,

    /// <summary>A record's content does not have the form or length of its type.</summary>
    BadRecord,

    /// <summary>Two EDNS records, or one that does not belong to the root.</summary>
    BadEdns,

    /// <summary>Octets follow the last record.</summary>
    TrailingOctets,
}
