using System.Buffers.Binary;
using Weir.Abstractions.Heads;
using Weir.Cache.Collapsing;
using Weir.Cache.Disk;
using Weir.Cache.Freshness;
using Weir.Cache.Keys;
using Weir.Cache.Stores;

namespace Weir.Modules.Cache;

/// <summary>Under which key a response is stored: its URI's, or where it varies, one that the request's values are part of.</summary>
internal readonly struct Variant
{
    private readonly ulong _generation;
    private readonly int _count;

    private Variant(byte[] names, byte[] text, ulong generation, int count)
    {
        Names = names;
        Text = text;
        _generation = generation;
        _count = count;
    }

    /// <summary>The fields that tell variants apart, each with a line feed behind it; empty: the response does not vary.</summary>
    public byte[] Names { get; }

    /// <summary>The request's values of them.</summary>
    public byte[] Text { get; }

    /// <summary>False: the response cannot be stored, and why.</summary>
    public static bool TryOf(Asking ask, ResponseHead head, MemoryStore store, out Variant variant, out StoringVerdict verdict)
    {
        verdict = StoringVerdict.Stored;
        variant = new Variant([], [], 0, 0);
        if (!head.Fields.Has(KnownField.Vary))
        {
            return true;
        }

        Span<byte> names = stackalloc byte[VaryRules.MostOctets];
        int namesOctets = VaryRules.WriteNames(head.Fields, names);
        if (names[..namesOctets].IndexOf("accept-encoding\n"u8) >= 0 && !VariantText.TellsCodingsOf(head.Fields))
        {
            verdict = StoringVerdict.VaryAny;
            return false;
        }

        byte[] text = new byte[VariantText.MostOctets];
        int textOctets = VariantText.Write(names[..namesOctets], ask.Request.Fields, text);
        if (textOctets < 0)
        {
            verdict = StoringVerdict.TooManyVariants;
            return false;
        }

        (ulong generation, int count) = List(ask, store, names[..namesOctets]);
        variant = new Variant(names[..namesOctets].ToArray(), text[..textOctets], generation, count);
        if (namesOctets == 0)
        {
            variant = new Variant([], [], 0, 0);
            return true;
        }

        return count < CacheLimits.MostVariants;
    }

    /// <summary>Stores a response, and the list of variants it belongs to.</summary>
    public async ValueTask InsertAsync(Asking ask, MemoryStore store, NewRecord record, ArrivingBody body)
    {
        byte[] key = Names.Length == 0 ? ask.Primary : KeyOf(ask.Primary);
        KeyHash hash = Names.Length == 0 ? ask.PrimaryHash : KeyHash.Of(key);
        bool isStored = body.InMemory is { } memory
            ? store.Insert(hash, key, record, memory)
            : await InsertOnDiskAsync(store, hash, key, record, body.OnDisk!);
        if (!isStored || Names.Length == 0)
        {
            return;
        }

        InsertList(ask, store, record);
    }

    /// <summary>Stores the head of a response that is kept in slices, and the list of variants it belongs to.</summary>
    public bool Insert(Asking ask, MemoryStore store, in NewRecord record, ReadOnlySpan<byte> content)
    {
        if (Names.Length == 0)
        {
            return store.Insert(ask.PrimaryHash, ask.Primary, record, content);
        }

        byte[] key = KeyOf(ask.Primary);
        return store.Insert(KeyHash.Of(key), key, record, content) && InsertList(ask, store, record);
    }

    /// <summary>The key of this variant.</summary>
    public byte[] KeyFor(Asking ask) => Names.Length == 0 ? ask.Primary : KeyOf(ask.Primary);

    // What memory had for the key is older.
    private static ValueTask<bool> InsertOnDiskAsync(MemoryStore store, in KeyHash hash, byte[] key, in NewRecord record, LargeWrite large)
    {
        store.Remove(hash, key);
        return large.EndAsync(key, record);
    }

    // The list that is stored, where it has the same names; its number is part of its variants' keys. Else a new one: older variants are
    // lost.
    private static (ulong Generation, int Count) List(Asking ask, MemoryStore store, ReadOnlySpan<byte> names)
    {
        if (store.TryFind(ask.Loop.Index, ask.PrimaryHash, ask.Primary, out StoredEntry entry))
        {
            bool isSame = entry.Kind == RecordKind.Variants && entry.Tail.SequenceEqual(names);
            (ulong Generation, int Count) list = (entry.Generation, entry.Status);
            store.Release(ask.Loop.Index, entry);
            if (isSame)
            {
                return list;
            }
        }

        return (ask.Loop.NextRandom(), 0);
    }

    private bool InsertList(Asking ask, MemoryStore store, in NewRecord record)
    {
        NewRecord list = new()
        {
            Kind = RecordKind.Variants,
            Generation = _generation,
            Status = _count + 1,
            KeepUntilSeconds = Math.Max(record.KeepUntilSeconds, ask.NowSeconds + CacheLimits.UnsharedSeconds),
        };
        return store.Insert(ask.PrimaryHash, ask.Primary, list, Names);
    }

    private byte[] KeyOf(byte[] primary)
    {
        byte[] key = new byte[primary.Length + 1 + sizeof(ulong) + Text.Length];
        primary.CopyTo(key, 0);
        key[primary.Length] = (byte)'\n';
        BinaryPrimitives.WriteUInt64LittleEndian(key.AsSpan(primary.Length + 1), _generation);
        Text.CopyTo(key, primary.Length + 1 + sizeof(ulong));
        return key;
    }
}
