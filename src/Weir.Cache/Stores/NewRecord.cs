using Weir.Abstractions.Heads;
using Weir.Cache.Freshness;

namespace Weir.Cache.Stores;

/// <summary>What is to be stored, but for its key and its body.</summary>
public readonly struct NewRecord
{
    /// <summary>What it is.</summary>
    public required RecordKind Kind { get; init; }

    /// <summary>The response's status.</summary>
    public int Status { get; init; }

    /// <summary>The response's fields; null: none.</summary>
    public HeaderFields? Fields { get; init; }

    /// <summary>How long it is fresh.</summary>
    public StoredFreshness Freshness { get; init; }

    /// <summary>When it is of no use any more, in seconds since 1970.</summary>
    public long KeepUntilSeconds { get; init; }

    /// <summary>When its origin made it, in seconds since 1970.</summary>
    public long DateSeconds { get; init; }

    /// <summary>When its content changed last, as far as is known, in seconds since 1970.</summary>
    public long ModifiedSeconds { get; init; }

    /// <summary>Which of the lists of variants of a key it is: variants of an older list are not found any more.</summary>
    public ulong Generation { get; init; }

    /// <summary>
    /// The number of the newest purge when the fetch began (<see cref="Collapsing.Fill.Number"/>): purges with a greater one touch what it
    /// brought. Notes need none.
    /// </summary>
    public ulong Number { get; init; }

    /// <summary>The hashes of its tags (<see cref="Purging.PurgeList.TagOf"/>); null: none.</summary>
    public uint[]? Tags { get; init; }

    /// <summary>
    /// Octets of a body that is kept elsewhere; memory has the head alone then, and <see cref="Generation"/> tells which body it is.
    /// </summary>
    public long ElsewhereOctets { get; init; }
}
