using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Cache.Freshness;
using Weir.Cache.Keys;

namespace Weir.Modules.Cache;

/// <summary>A response that is kept in slices, as one exchange reads it.</summary>
internal sealed class SlicedObject
{
    public required LoopServices Loop { get; init; }

    public required SliceHead Head { get; init; }

    /// <summary>What slices are asked for with: the client's request without its conditions and ranges.</summary>
    public required RequestHead Request { get; init; }

    /// <summary>The key of the head's record.</summary>
    public required byte[] Key { get; init; }

    public required KeyHash Hash { get; init; }

    /// <summary>The URI's key.</summary>
    public required byte[] Primary { get; init; }

    public required KeyHash PrimaryHash { get; init; }

    /// <summary>The stored validators.</summary>
    public required ResponseHead Validators { get; init; }

    public long NowSeconds => Loop.UnixMs / 1000;

    /// <summary>Whether a response has the validator that this one has: the strong tag, or where there is none the date.</summary>
    public bool IsOf(HeaderFields response)
    {
        if (!Head.IsStrong)
        {
            return true;
        }

        if (Validators.Fields.TryGet(KnownField.ETag, out ReadOnlySpan<byte> tag) && !EntityTag.IsWeak(tag))
        {
            return response.TryGet(KnownField.ETag, out ReadOnlySpan<byte> other) && EntityTag.EqualsStrongly(tag, other);
        }

        return Validators.Fields.TryGet(KnownField.LastModified, out ReadOnlySpan<byte> modified)
            && response.TryGet(KnownField.LastModified, out ReadOnlySpan<byte> otherModified) && modified.SequenceEqual(otherModified);
    }

    /// <summary>
    /// Whether octets of several responses with these fields may be put together: a strong tag, or a date that lies well before the
    /// response was made (RFC 9110 section 8.8.2.2).
    /// </summary>
    public static bool IsStrong(HeaderFields fields, long dateSeconds, long modifiedSeconds)
    {
        if (fields.TryGet(KnownField.ETag, out ReadOnlySpan<byte> tag))
        {
            return EntityTag.EqualsStrongly(tag, tag);
        }

        return fields.Has(KnownField.LastModified) && modifiedSeconds < dateSeconds;
    }
}
