using System.Buffers.Text;
using System.Text;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Server.Http2;

/// <summary>
/// RFC 8441 section 5: an extended CONNECT means what an Upgrade means in HTTP/1.1, and becomes one for everything behind.
/// </summary>
internal static class ExtendedConnect
{
    private const int KeyOctets = 16;

    /// <summary>Makes the request an Upgrade. False: the protocol is none that can be.</summary>
    public static bool TryConvert(Exchange exchange, ReadOnlySpan<byte> protocol)
    {
        if (!Ascii.EqualsIgnoreCase(protocol, "websocket"u8))
        {
            return false;
        }

        RequestHead head = exchange.Request;
        HeaderFields fields = head.Fields;
        head.SetMethod(fields.Store("GET"u8));
        head.BodyLength = BodyLength.None;
        fields.Remove(KnownField.ContentLength);
        fields.Set(KnownField.Connection, "Upgrade"u8);
        fields.Set(KnownField.Upgrade, "websocket"u8);

        // RFC 6455 section 4.1: a nonce of Weir's own, because the client has none. No secret depends on it.
        Span<byte> key = stackalloc byte[KeyOctets];
        BitConverter.TryWriteBytes(key, exchange.Loop.NextRandom());
        BitConverter.TryWriteBytes(key[8..], exchange.Loop.NextRandom());
        Span<byte> text = stackalloc byte[Base64.GetMaxEncodedToUtf8Length(KeyOctets)];
        Base64.EncodeToUtf8(key, text, out _, out int written);
        fields.Set(KnownField.SecWebSocketKey, text[..written]);
        return true;
    }
}
