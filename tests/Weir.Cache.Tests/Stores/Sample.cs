using System.Buffers.Binary;
using Weir.Abstractions.Heads;
using Weir.Cache.Freshness;
using Weir.Cache.Keys;
using Weir.Cache.Stores;
using Weir.Cache.Tests.Freshness;

namespace Weir.Cache.Tests.Stores;

/// <summary>Records whose octets can be checked: a body says its key's number and its own seed, and all else follows from them.</summary>
internal static class Sample
{
    public static byte[] Key(int number) => Fields.Bytes($"scope\nhttp\na.test\n/object/{number}");

    public static KeyHash Hash(int number) => KeyHash.Of(Key(number));

    public static byte[] Body(int number, int octets, int seed = 0)
    {
        byte[] body = new byte[Math.Max(octets, 12)];
        BinaryPrimitives.WriteInt32LittleEndian(body, number);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(4), seed);
        BinaryPrimitives.WriteInt32LittleEndian(body.AsSpan(8), body.Length);
        FillRest(body, number, seed);
        return body;
    }

    public static NewRecord Record(string fields = "Content-Type: text/plain|ETag: \"a\"", int status = 200) => new()
    {
        Kind = RecordKind.Response,
        Status = status,
        Fields = Fields.OfText(fields),
        KeepUntilSeconds = Fields.Now + 60,
        DateSeconds = Fields.Now,
    };

    /// <summary>A response that was received then, and is fresh for a minute.</summary>
    public static StoredFreshness FreshnessAt(long seconds)
    {
        ResponseHead head = Fields.Response("Cache-Control: max-age=60");
        CachePolicy policy = new();
        return StoredFreshness.Of(head, ResponseCacheControl.Read(head.Fields, policy.Targeted), seconds, seconds, policy);
    }

    public static bool Insert(MemoryStore store, int number, int octets, int seed = 0) =>
        store.Insert(Hash(number), Key(number), Record(), Body(number, octets, seed));

    public static bool InsertLarge(MemoryStore store, int number, int octets, int seed = 0)
    {
        CollectedBody body = new(store, new TestLoop(), long.MaxValue);
        bool isStored = body.TryAppend(Body(number, octets, seed)) && store.Insert(Hash(number), Key(number), Record(), body);
        body.Release();
        return isStored;
    }

    public static bool Has(MemoryStore store, int number, int lane = 0)
    {
        if (!store.TryFind(lane, Hash(number), Key(number), out StoredEntry entry))
        {
            return false;
        }

        Check(number, entry);
        store.Release(lane, entry);
        return true;
    }

    /// <summary>Every octet of the body is what the key's number and the seed say.</summary>
    public static void Check(int number, in StoredEntry entry)
    {
        byte[] body = ReadBody(entry);
        BinaryPrimitives.ReadInt32LittleEndian(body).ShouldBe(number);
        BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(8)).ShouldBe(body.Length);
        int seed = BinaryPrimitives.ReadInt32LittleEndian(body.AsSpan(4));
        body.AsSpan().SequenceEqual(Body(number, body.Length, seed)).ShouldBeTrue($"object {number} is not what was stored");
    }

    public static byte[] ReadBody(in StoredEntry entry)
    {
        byte[] body = new byte[entry.BodyOctets];
        for (long at = 0; at < body.Length;)
        {
            ReadOnlySpan<byte> part = entry.BodyFrom(at).Span;
            part.CopyTo(body.AsSpan((int)at));
            at += part.Length;
        }

        return body;
    }

    private static void FillRest(byte[] body, int number, int seed)
    {
        ulong state = ((ulong)(uint)number << 32 | (uint)seed) * 0x9E3779B97F4A7C15 + 1;
        int at = 12;
        for (; at + 8 <= body.Length; at += 8)
        {
            state = (state * 6364136223846793005) + 1442695040888963407;
            BinaryPrimitives.WriteUInt64LittleEndian(body.AsSpan(at), state);
        }

        body.AsSpan(at).Fill((byte)state);
    }
}
