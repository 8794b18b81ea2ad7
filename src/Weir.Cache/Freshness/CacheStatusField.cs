// Hot: one for each response that passes a cache.
using System.Buffers.Text;
using Weir.Abstractions.Heads;

namespace Weir.Cache.Freshness;

/// <summary>Writes Cache-Status (RFC 9211). Members of other caches stay in front: a new line is the end of the list.</summary>
internal static class CacheStatusField
{
    private const int MostOctets = 160;

    private static ReadOnlySpan<byte> Name => "Cache-Status"u8;

    private static ReadOnlySpan<byte> Cache => "weir"u8;

    public static void Append(HeaderFields fields, in CacheStatus status)
    {
        ByteSlice name = fields.Store(Name);
        Span<byte> room = fields.Reserve(MostOctets);
        int at = Copy(Cache, room);
        if (!status.IsOnlyIfCached)
        {
            at += Copy(status.Forward == CacheForward.None ? ";hit"u8 : ";fwd="u8, room[at..]);
            at += Copy(Word(status.Forward), room[at..]);
        }

        if (status.ForwardStatus != 0)
        {
            at += Copy(";fwd-status="u8, room[at..]);
            at += Number(status.ForwardStatus, room[at..]);
        }

        if (status.HasTimeToLive)
        {
            at += Copy(";ttl="u8, room[at..]);
            at += Number(status.TimeToLiveSeconds, room[at..]);
        }

        at += status.IsStored ? Copy(";stored"u8, room[at..]) : 0;
        at += status.IsCollapsed ? Copy(";collapsed"u8, room[at..]) : 0;
        ReadOnlySpan<byte> detail = status.IsStandIn ? "stale-if-error"u8
            : status.IsOnlyIfCached ? "only-if-cached"u8
            : StoringVerdicts.Word(status.NotStored);
        if (!detail.IsEmpty)
        {
            at += Copy(";detail="u8, room[at..]);
            at += Copy(detail, room[at..]);
        }

        ByteSlice value = fields.Commit(at);
        fields.AddLoaded(KnownField.Other, name.Offset, name.Length, value.Offset, value.Length);
    }

    public static ReadOnlySpan<byte> Word(CacheForward forward) => forward switch
    {
        CacheForward.Bypass => "bypass"u8,
        CacheForward.Method => "method"u8,
        CacheForward.UriMiss => "uri-miss"u8,
        CacheForward.VaryMiss => "vary-miss"u8,
        CacheForward.Miss => "miss"u8,
        CacheForward.Request => "request"u8,
        CacheForward.Stale => "stale"u8,
        CacheForward.Partial => "partial"u8,
        _ => default,
    };

    private static int Copy(ReadOnlySpan<byte> octets, Span<byte> target)
    {
        octets.CopyTo(target);
        return octets.Length;
    }

    private static int Number(long value, Span<byte> target)
    {
        Utf8Formatter.TryFormat(value, target, out int written);
        return written;
    }
}
