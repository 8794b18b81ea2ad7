using Weir.Cache.Disk;
using Weir.Cache.Keys;

namespace Weir.Cache.Stores;

/// <content>What changes a store from above: the tier below is told before and after, so that it never has something older than memory
/// had.</content>
public sealed unsafe partial class MemoryStore
{
    /// <summary>The tier on disk; null: there is none. Set before the store is used.</summary>
    public DiskTier? Disk { get; init; }

    /// <summary>Stores a record in the place of the one with the same key.</summary>
    /// <param name="hash">The key's hash.</param>
    /// <param name="key">The key.</param>
    /// <param name="record">What it is.</param>
    /// <param name="content">The body, where it lies together.</param>
    /// <returns>False: it is too large, or readers hold so much that there is no place, or it was purged while it was fetched.</returns>
    public bool Insert(in KeyHash hash, ReadOnlySpan<byte> key, in NewRecord record, ReadOnlySpan<byte> content)
    {
        DiskChange change = Disk?.Change(key) ?? default;
        bool isStored = Insert(hash, key, record, null, content);
        Tell(change, isStored && record.Kind != RecordKind.Unshared, hash, key);
        return isStored;
    }

    /// <summary>Stores a record with a body that was collected; the body gives its extents to it.</summary>
    public bool Insert(in KeyHash hash, ReadOnlySpan<byte> key, in NewRecord record, CollectedBody body)
    {
        DiskChange change = Disk?.Change(key) ?? default;
        bool isStored = Insert(hash, key, record, body, default);
        Tell(change, isStored, hash, key);
        return isStored;
    }

    /// <summary>
    /// Stores new fields for a record that a lane holds, and keeps its body: after a validation. False: it is gone, or there is no place.
    /// </summary>
    public bool Refresh(in StoredEntry entry, ReadOnlySpan<byte> key, in NewRecord record)
    {
        KeyHash hash = new(entry.Record->High, entry.Record->Low);
        if (!entry.IsBodyElsewhere)
        {
            DiskChange change = Disk?.Change(key) ?? default;
            bool isStored = RefreshHere(entry, key, record);
            Tell(change, isStored, hash, key);
            return isStored;
        }

        // The disk goes on having the body, and gets another head for it.
        bool isRefreshed = RefreshHere(entry, key, record);
        if (isRefreshed)
        {
            Disk?.Refreshed(this, hash, key);
        }

        return isRefreshed;
    }

    /// <summary>Removes a record, from the tier below too; false: memory has none.</summary>
    public bool Remove(in KeyHash hash, ReadOnlySpan<byte> key)
    {
        DiskChange change = Disk?.Change(key) ?? default;
        bool isRemoved = RemoveHere(hash, key);
        Disk?.Removed(change);
        return isRemoved;
    }

    /// <summary>Makes a record stale from now on: it may still be validated, or stand in for an error. False: memory has none.</summary>
    public bool Expire(in KeyHash hash, ReadOnlySpan<byte> key, long nowSeconds)
    {
        DiskChange change = Disk?.Change(key) ?? default;
        bool isExpired = ExpireHere(hash, key, nowSeconds);
        Tell(change, isExpired, hash, key);
        return isExpired;
    }

    /// <summary>Removes a record from memory alone: a head whose body is no longer on the disk.</summary>
    public void RemoveHead(in KeyHash hash, ReadOnlySpan<byte> key) => _ = RemoveHere(hash, key);

    /// <summary>Takes over what the tier below has.</summary>
    internal bool Promote(in KeyHash hash, ReadOnlySpan<byte> key, in NewRecord record, ReadOnlySpan<byte> content) =>
        Insert(hash, key, record, null, content);

    /// <summary>The same, of a body that has been put into the store's memory.</summary>
    internal bool Promote(in KeyHash hash, ReadOnlySpan<byte> key, in NewRecord record, CollectedBody body) =>
        Insert(hash, key, record, body, default);

    private void Tell(in DiskChange change, bool isStored, in KeyHash hash, ReadOnlySpan<byte> key)
    {
        if (Disk is null)
        {
            return;
        }

        if (isStored)
        {
            Disk.Stored(change, this, hash, key);
        }
        else
        {
            Disk.Removed(change);
        }
    }
}
