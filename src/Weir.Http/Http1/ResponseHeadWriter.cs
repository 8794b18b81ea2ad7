// Hot: runs for every response. See bench/Weir.Bench.Http.
using Weir.Abstractions.Heads;

namespace Weir.Http.Http1;

/// <summary>Writes a response's head for a client (RFC 9112 sections 4 to 6). The version is always HTTP/1.1, ours.</summary>
public static class ResponseHeadWriter
{
    private static readonly ulong _lengthMask = HeaderFields.Mask(KnownField.ContentLength);

    /// <summary>A size of buffer in which <see cref="Write"/> succeeds, whatever the options.</summary>
    public static int MaxOctets(ResponseHead head) => HeadWriter.MostOctets(head.Fields) + StatusLines.MostOctets;

    /// <summary>Writes the head.</summary>
    /// <param name="head">
    /// The response, with a status from 100 to 999. Its fields are written but for those that the options speak for.
    /// </param>
    /// <param name="options">What to say about message and connection.</param>
    /// <param name="target">Where to write.</param>
    /// <returns>Octets written, or -1 when the target is too small.</returns>
    public static int Write(ResponseHead head, in ResponseWriteOptions options, Span<byte> target)
    {
        HeadWriter writer = new(target);
        writer.Write(StatusLines.For(head.Status));
        bool keepsLength = options.OmitFraming && !head.IsInterim && head.Status != 204;
        writer.WriteFields(head.Fields, keepsLength ? HeadWriter.ConnectionMask & ~_lengthMask : HeadWriter.ConnectionMask);
        if (!options.OmitFraming)
        {
            writer.WriteFraming(options.BodyLength);
        }

        bool keepsUpgrade = options.KeepUpgrade && head.Fields.Has(KnownField.Upgrade);
        if (options.Close)
        {
            writer.Write(keepsUpgrade ? "Connection: close, upgrade\r\n"u8 : "Connection: close\r\n"u8);
        }
        else if (options.KeepAlive)
        {
            writer.Write(keepsUpgrade ? "Connection: keep-alive, upgrade\r\n"u8 : "Connection: keep-alive\r\n"u8);
        }
        else if (keepsUpgrade)
        {
            writer.Write("Connection: upgrade\r\n"u8);
        }

        if (keepsUpgrade)
        {
            writer.WriteUpgrade(head.Fields);
        }

        writer.Write("\r\n"u8);
        return writer.Result;
    }
}
