using System.Globalization;
using System.Text;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Cache.Freshness;

namespace Weir.Modules.Cache;

/// <summary>
/// What stands between the parts of a multipart/byteranges response (RFC 9110 section 14.6): before each, and behind the last.
/// </summary>
internal sealed class PartTexts
{
    // All of it in one piece.
    private readonly PinnedBody _text;
    private readonly int[] _ends;

    private PartTexts(ReadOnlySpan<ByteRange> parts, long octets, string boundary, string contentType)
    {
        _ends = new int[parts.Length + 1];
        StringBuilder text = new();
        for (int i = 0; i < parts.Length; i++)
        {
            text.Append(i == 0 ? "--" : "\r\n--").Append(boundary);
            text.Append(contentType.Length > 0 ? "\r\nContent-Type: " : "").Append(contentType);
            text.Append(CultureInfo.InvariantCulture, $"\r\nContent-Range: bytes {parts[i].Start}-{parts[i].End - 1}/{octets}\r\n\r\n");
            _ends[i] = text.Length;
            Octets += parts[i].Length;
        }

        text.Append("\r\n--").Append(boundary).Append("--\r\n");
        _ends[^1] = text.Length;
        _text = new PinnedBody(Encoding.Latin1.GetBytes(text.ToString()));
        Octets += text.Length;
    }

    /// <summary>Octets of the whole response, parts included.</summary>
    public long Octets { get; }

    /// <summary>Makes a loaded 200 the 206 with several parts; its content is still to be given.</summary>
    /// <param name="exchange">The exchange whose response it is.</param>
    /// <param name="parts">The parts.</param>
    /// <param name="octets">Octets of the whole representation.</param>
    public static PartTexts Begin(Exchange exchange, ReadOnlySpan<ByteRange> parts, long octets)
    {
        ResponseHead head = exchange.Response;
        string boundary = string.Create(CultureInfo.InvariantCulture, $"{exchange.Loop.NextRandom():x16}{exchange.Loop.NextRandom():x16}");
        string contentType = head.Fields.TryGet(KnownField.ContentType, out ReadOnlySpan<byte> value)
            ? Encoding.Latin1.GetString(value)
            : "";
        PartTexts texts = new(parts, octets, boundary, contentType);
        head.Status = 206;
        head.BodyLength = BodyLength.Of(texts.Octets);
        head.Fields.Set(KnownField.ContentType, Encoding.ASCII.GetBytes($"multipart/byteranges; boundary={boundary}"));
        return texts;
    }

    /// <summary>What stands before a part; behind the last one, of the number of parts.</summary>
    public NativeSlice Before(int part)
    {
        int start = part == 0 ? 0 : _ends[part - 1];
        return _text.Slice.From(start).Take(_ends[part] - start);
    }
}
