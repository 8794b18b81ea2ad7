using Weir.Cache.Keys;
using Weir.Cache.Stores;

namespace Weir.Cache.Disk;

/// <summary>Something for the one thread that writes. Immutable.</summary>
internal sealed class WriteJob
{
    /// <summary>Nothing is left to be done.</summary>
    public static readonly WriteJob None = new(default, [], default);

    private WriteJob(KeyHash hash, byte[] key, ChangeStamp stamp)
    {
        Hash = hash;
        Key = key;
        Stamp = stamp;
    }

    /// <summary>The key's hash on the disk.</summary>
    public KeyHash Hash { get; }

    public byte[] Key { get; }

    public ChangeStamp Stamp { get; }

    /// <summary>What memory holds for the key is to be written; null: something else is to be done.</summary>
    public MemoryStore? Store { get; private init; }

    public KeyHash MemoryHash { get; private init; }

    /// <summary>A large body of which a part is to be written, or the head.</summary>
    public LargeWrite? Large { get; private init; }

    public LargeWrite.Piece? Piece { get; private init; }

    /// <summary>Whether a record is expected from it.</summary>
    public bool IsRecord => Store is not null || (Large is not null && Piece is null);

    /// <summary>Whether an older record may be on the disk, which must not come back.</summary>
    public bool HidesOlder { get; init; }

    public static WriteJob ToStore(
        KeyHash hash, byte[] key, ChangeStamp stamp, MemoryStore store, in KeyHash memoryHash, bool hidesOlder) =>
        new(hash, key, stamp) { Store = store, MemoryHash = memoryHash, HidesOlder = hidesOlder };

    public static WriteJob ToRemove(KeyHash hash) => new(hash, [], default) { HidesOlder = true };

    public static WriteJob ToWrite(LargeWrite large, LargeWrite.Piece piece) => new(default, [], default) { Large = large, Piece = piece };

    public static WriteJob ToEnd(LargeWrite large, KeyHash hash, byte[] key, ChangeStamp stamp) =>
        new(hash, key, stamp) { Large = large, HidesOlder = true };
}
