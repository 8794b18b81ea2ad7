using System.Text;
using Weir.Cache.Stores;

namespace Weir.Cache.Purging;

/// <summary>A stored response as purges look at it. Its spans are valid while the record is held.</summary>
public readonly ref struct PurgeSubject
{
    /// <summary>The record's key.</summary>
    public required ReadOnlySpan<byte> Key { get; init; }

    /// <summary>The hashes of its tags, by <see cref="PurgeList.TagOf"/>.</summary>
    public ReadOnlySpan<uint> Tags { get; init; }

    /// <summary>Whether it is no response but what the store notes about a URL: conditions are not asked about it.</summary>
    public bool IsNote { get; init; }

    /// <summary>The response's status.</summary>
    public int Status { get; init; }

    /// <summary>Octets of its body.</summary>
    public long BodyOctets { get; init; }

    /// <summary>When it was received, in seconds since 1970.</summary>
    public long ReceivedSeconds { get; init; }

    /// <summary>The table of <see cref="StoredHead"/>; empty: no fields.</summary>
    public ReadOnlySpan<byte> FieldTable { get; init; }

    /// <summary>The lines that the table speaks of.</summary>
    public ReadOnlySpan<byte> FieldLines { get; init; }

    /// <summary>The value of the first field of a name; false: there is none.</summary>
    public bool TryFindField(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        for (StoredHead.Cursor cursor = new(FieldTable, FieldLines); cursor.MoveNext();)
        {
            if (Ascii.EqualsIgnoreCase(cursor.Name, name))
            {
                value = cursor.Value;
                return true;
            }
        }

        value = default;
        return false;
    }
}
