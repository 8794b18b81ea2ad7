// Hot: looks for a pass in each request.
using System.Globalization;
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Modules.Challenge;

/// <summary>
/// The cookies: a pass, and the begin of a wait. Over https their names begin with __Host-, so that no other host and nobody on the way
/// can set them (RFC 6265bis section 4.1.3.2). No script can read them, and the origin never sees them.
/// </summary>
internal sealed class PassCookies
{
    // Nobody has more of them; somebody who sends a hundred wants the seals computed.
    private const int MostLookedAt = 4;

    private const string Pass = "weir-pass";
    private const string Wait = "weir-wait";
    private const string HostPrefix = "__Host-";

    private static readonly byte[] _pass = Encoding.ASCII.GetBytes(Pass);
    private static readonly byte[] _wait = Encoding.ASCII.GetBytes(Wait);
    private static readonly byte[] _hostPass = Encoding.ASCII.GetBytes(HostPrefix + Pass);
    private static readonly byte[] _hostWait = Encoding.ASCII.GetBytes(HostPrefix + Wait);

    private readonly Stamps _stamps;

    public PassCookies(Stamps stamps) => _stamps = stamps;

    /// <summary>How long a pass for a solved puzzle is good, in seconds.</summary>
    public required long SolvedSeconds { get; init; }

    /// <summary>How long a pass for a wait is good, in seconds; 0: it is not.</summary>
    public required long WaitedSeconds { get; init; }

    /// <summary>How long a wait may take, in seconds.</summary>
    public required long WaitSeconds { get; init; }

    /// <summary>What the request's pass proves, or what a module above has seen of one; takes all of ours out of the request.</summary>
    public ProvenWork TakePass(Exchange exchange)
    {
        ProvenWork proven = exchange.ProvenWork;
        HeaderFields fields = exchange.Request.Fields;
        long lifeSeconds = Math.Max(SolvedSeconds, WaitedSeconds);
        if (proven.Unread.Length > 0
            && _stamps.TryRead(exchange, StampKind.Pass, fields.Slice(proven.Unread), lifeSeconds, out Stamp handedDown))
        {
            proven = proven with { Bits = handedDown.Bits, AtUnixSeconds = handedDown.IssuedAt };
        }

        if (fields.Has(KnownField.Cookie))
        {
            if (TryFind(exchange, StampKind.Pass, lifeSeconds, out Stamp stamp, out ByteSlice last))
            {
                proven = proven with { Bits = stamp.Bits, AtUnixSeconds = stamp.IssuedAt };
            }
            else if (last.Length > 0)
            {
                // A module below may have other keys, or other ideas of a client.
                proven = proven with { Unread = last };
            }

            TryFind(exchange, StampKind.Wait, null, out _, out ByteSlice wait);
            proven = wait.Length > 0 ? proven with { Wait = wait } : proven;
            CookieStrip.Remove(fields, NameOf(StampKind.Pass, exchange));
            CookieStrip.Remove(fields, NameOf(StampKind.Wait, exchange));
        }

        exchange.ProvenWork = proven;
        return proven;
    }

    /// <summary>Whether what is proven is enough, and new enough, for a difficulty.</summary>
    public bool IsEnough(Exchange exchange, ProvenWork proven, int bits, bool takesWaits)
    {
        if (proven.AtUnixSeconds == 0)
        {
            return false;
        }

        long age = (exchange.Loop.UnixMs / 1000) - proven.AtUnixSeconds;
        return proven.Bits == 0 ? takesWaits && age < WaitedSeconds : proven.Bits >= bits && age < SolvedSeconds;
    }

    /// <summary>Whether the request said when a wait began.</summary>
    public bool TryReadWait(Exchange exchange, out Stamp stamp)
    {
        stamp = default;
        ByteSlice wait = exchange.ProvenWork.Wait;
        return wait.Length > 0 && _stamps.TryRead(exchange, StampKind.Wait, exchange.Request.Fields.Slice(wait), WaitSeconds, out stamp);
    }

    /// <summary>Gives a pass with the answer.</summary>
    public void GivePass(Exchange exchange, int bits) => Give(exchange, StampKind.Pass, bits, bits == 0 ? WaitedSeconds : SolvedSeconds);

    /// <summary>Writes down with the answer that a wait begins.</summary>
    public void BeginWait(Exchange exchange) => Give(exchange, StampKind.Wait, 0, WaitSeconds);

    /// <summary>Takes the note of a wait away with the answer.</summary>
    public static void EndWait(Exchange exchange)
    {
        byte[] name = NameOf(StampKind.Wait, exchange);
        ReadOnlySpan<byte> rest = exchange.Request.IsHttps
            ? "=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax; Secure"u8
            : "=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"u8;
        exchange.Response.Fields.Add(KnownField.SetCookie, (byte[])[.. name, .. rest]);
    }

    private static byte[] NameOf(StampKind kind, Exchange exchange) => kind == StampKind.Pass
        ? exchange.Request.IsHttps ? _hostPass : _pass
        : exchange.Request.IsHttps ? _hostWait : _wait;

    private bool TryFind(Exchange exchange, StampKind kind, long? lifeSeconds, out Stamp stamp, out ByteSlice last)
    {
        last = default;
        HeaderFields fields = exchange.Request.Fields;
        byte[] name = NameOf(kind, exchange);
        int lookedAt = 0;
        for (int slot = fields.Find(KnownField.Cookie); slot >= 0; slot = fields.Find(KnownField.Cookie, slot + 1))
        {
            int offset = 0;
            while (lookedAt < MostLookedAt && CookieStrip.TryNext(fields.ValueAt(slot), name, ref offset, out ReadOnlySpan<byte> value))
            {
                lookedAt++;
                last = SliceOf(fields, slot, value);
                if (lifeSeconds is { } life && _stamps.TryRead(exchange, kind, value, life, out stamp))
                {
                    return true;
                }
            }
        }

        stamp = default;
        return false;
    }

    private static ByteSlice SliceOf(HeaderFields fields, int slot, ReadOnlySpan<byte> value) =>
        value.Length == Stamps.TextOctets && fields.ValueAt(slot).Overlaps(value, out int at)
            ? new ByteSlice(fields.ValueSliceAt(slot).Offset + at, value.Length)
            : default;

    private void Give(Exchange exchange, StampKind kind, int bits, long lifeSeconds)
    {
        Span<byte> stamp = stackalloc byte[Stamps.TextOctets];
        _stamps.Write(exchange, kind, bits, stamp);
        string attributes = string.Create(
            CultureInfo.InvariantCulture,
            $"; Path=/; Max-Age={lifeSeconds}; HttpOnly; SameSite=Lax{(exchange.Request.IsHttps ? "; Secure" : "")}");
        byte[] value = [.. NameOf(kind, exchange), (byte)'=', .. stamp, .. Encoding.ASCII.GetBytes(attributes)];
        exchange.Response.Fields.Add(KnownField.SetCookie, value);
    }
}
