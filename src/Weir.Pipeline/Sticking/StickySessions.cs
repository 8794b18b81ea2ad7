// Hot where clients are kept on their servers: asked once for each request, and once for each answer.
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Pipeline.Balancing;

namespace Weir.Pipeline.Sticking;

/// <summary>
/// Keeps clients on their servers by a cookie. Without one, or with one that this secret did not seal, that is too old, or whose server may
/// not be used, another server is picked and the answer brings a new cookie.
/// </summary>
internal static class StickySessions
{
    // Nobody has more of them; somebody who sends a hundred wants the seals computed.
    private const int MostLookedAt = 4;

    /// <summary>The server that the client is bound to, if it may be used; the cookie is taken out of what the origin gets.</summary>
    public static ServerState? FindBound(Passage passage, StickyPolicy policy, bool isClients)
    {
        HeaderFields fields = passage.Exchange.Request.Fields;
        if (!fields.Has(KnownField.Cookie))
        {
            return null;
        }

        bool isOld = false;
        ServerState? bound = isClients ? Read(passage.Exchange, passage.Upstream!, policy, out isOld) : null;
        passage.IsCookieOld = isOld;
        CookieStrip.Remove(fields, policy.CookieName);
        if (bound is null || !passage.Upstream!.MayServeBound(bound, passage.Exchange.Loop))
        {
            return null;
        }

        passage.BoundTo = bound;
        return bound;
    }

    /// <summary>Whether the client is bound to a server of an upstream that it may still be served by. Changes nothing.</summary>
    public static bool IsBound(Exchange exchange, UpstreamState upstream) =>
        upstream.Policy.Sticky is { } policy
        && Read(exchange, upstream, policy, out _) is { } server
        && upstream.MayServeBound(server, exchange.Loop);

    /// <summary>Adds the cookie to an answer where the client needs one. After all modules: a cache must not keep it.</summary>
    public static void Answer(Passage passage, StickyPolicy policy)
    {
        Exchange exchange = passage.Exchange;
        ServerState server = passage.Server!;
        if (ReferenceEquals(passage.BoundTo, server))
        {
            server.TallyOf(exchange.Loop.Index).OnBound(exchange.Loop.UnixMs);
            if (!passage.IsCookieOld || server.AdminState == AdminState.Drain)
            {
                // A server that drains keeps its clients until their cookies end, and no longer.
                return;
            }
        }

        if (passage.Upstream!.StickyTable(policy.Keys).NumberOf(server) is var number && number != 0)
        {
            Write(exchange, policy, number);
            exchange.Trace?.Add("sticky", $"the answer binds the client to {server.Name} by the cookie {policy.Cookie}");
        }
    }

    private static ServerState? Read(Exchange exchange, UpstreamState upstream, StickyPolicy policy, out bool isOld)
    {
        isOld = false;
        HeaderFields fields = exchange.Request.Fields;
        long nowSeconds = exchange.Loop.UnixMs / 1000;
        int lookedAt = 0;
        for (int slot = fields.Find(KnownField.Cookie); slot >= 0; slot = fields.Find(KnownField.Cookie, slot + 1))
        {
            int offset = 0;
            while (lookedAt < MostLookedAt
                && CookieStrip.TryNext(fields.ValueAt(slot), policy.CookieName, ref offset, out ReadOnlySpan<byte> value))
            {
                lookedAt++;
                if (StickyCookie.TryRead(policy, value, nowSeconds, out ulong number, out long ageSeconds)
                    && upstream.StickyTable(policy.Keys).Find(number) is { } server)
                {
                    isOld = ageSeconds * 2 > policy.TtlSeconds;
                    return server;
                }
            }
        }

        return null;
    }

    private static void Write(Exchange exchange, StickyPolicy policy, ulong number)
    {
        HeaderFields fields = exchange.Response.Fields;
        ReadOnlySpan<byte> secure = "; Secure"u8;
        Span<byte> room = fields.Reserve(policy.CookieName.Length + 1 + StickyCookie.TextOctets + policy.Attributes.Length + secure.Length);
        int length = 0;
        Append(policy.CookieName, room, ref length);
        room[length++] = (byte)'=';
        uint salt = (uint)exchange.Loop.NextRandom();
        StickyCookie.Write(policy.Keys, number, salt, exchange.Loop.UnixMs / 1000, room.Slice(length, StickyCookie.TextOctets));
        length += StickyCookie.TextOctets;
        Append(policy.Attributes, room, ref length);

        // What the origin was told of the client's scheme: a trusted proxy in front may know better than this connection.
        if (exchange.Request.Fields.TryGet(KnownField.XForwardedProto, out ReadOnlySpan<byte> scheme) && scheme.SequenceEqual("https"u8))
        {
            Append(secure, room, ref length);
        }

        fields.AddStored(KnownField.SetCookie, fields.Commit(length));
    }

    private static void Append(ReadOnlySpan<byte> octets, Span<byte> room, ref int length)
    {
        octets.CopyTo(room[length..]);
        length += octets.Length;
    }
}
