using System.Globalization;
using System.Text;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Cache.Freshness;
using Weir.Cache.Stores;

namespace Weir.Modules.Cache;

/// <summary>Several parts of a stored response as multipart/byteranges (RFC 9110 section 14.6); holds it until the exchange is over.</summary>
internal sealed class PartsBody : BodyReader, IDisposable
{
    // A connection's share of a turn.
    private const int MostOctets = 256 * 1024;

    private readonly MemoryStore _store;
    private readonly int _lane;
    private readonly StoredEntry _entry;
    private readonly ByteRange[] _parts;

    // What stands before each part, and behind the last, in one piece.
    private readonly PinnedBody _text;
    private readonly int[] _textEnds;
    private readonly long _length;
    private int _part;
    private long _next = -1;

    private PartsBody(MemoryStore store, int lane, in StoredEntry entry, ByteRange[] parts, string boundary, string contentType)
    {
        _store = store;
        _lane = lane;
        _entry = entry;
        _parts = parts;
        _textEnds = new int[parts.Length + 1];
        StringBuilder text = new();
        for (int i = 0; i < parts.Length; i++)
        {
            text.Append(i == 0 ? "--" : "\r\n--").Append(boundary);
            text.Append(contentType.Length > 0 ? "\r\nContent-Type: " : "").Append(contentType);
            text.Append(
                CultureInfo.InvariantCulture, $"\r\nContent-Range: bytes {parts[i].Start}-{parts[i].End - 1}/{entry.BodyOctets}\r\n\r\n");
            _textEnds[i] = text.Length;
        }

        text.Append("\r\n--").Append(boundary).Append("--\r\n");
        _textEnds[^1] = text.Length;
        _text = new PinnedBody(Encoding.Latin1.GetBytes(text.ToString()));
        _length = text.Length + parts.Sum(part => part.Length);
    }

    public override BodyLength Length => BodyLength.Of(_length);

    /// <summary>Makes a loaded 200 the 206 with the parts that its request asks for. The hold on the entry goes over to the exchange.</summary>
    public static void Serve(Exchange exchange, MemoryStore store, in StoredEntry entry)
    {
        Span<ByteRange> parts = stackalloc ByteRange[RangeSet.MostParts];
        RangeSet.Read(exchange.Request.Fields, entry.BodyOctets, parts, out int count);
        ResponseHead head = exchange.Response;
        string boundary = string.Create(CultureInfo.InvariantCulture, $"{exchange.Loop.NextRandom():x16}{exchange.Loop.NextRandom():x16}");
        string contentType = head.Fields.TryGet(KnownField.ContentType, out ReadOnlySpan<byte> value) ? Encoding.Latin1.GetString(value) : "";
        PartsBody body = new(store, exchange.Loop.Index, entry, parts[..count].ToArray(), boundary, contentType);
        head.Status = 206;
        head.BodyLength = body.Length;
        head.Fields.Set(KnownField.ContentType, Encoding.ASCII.GetBytes($"multipart/byteranges; boundary={boundary}"));
        exchange.ResponseBody = body;
        exchange.ReleaseAtEnd(body);
    }

    public override ValueTask<BodyRead> ReadAsync()
    {
        if (_next < 0)
        {
            int start = _part == 0 ? 0 : _textEnds[_part - 1];
            NativeSlice text = _text.Slice.From(start).Take(_textEnds[_part] - start);
            if (_part == _parts.Length)
            {
                return new(BodyRead.Last(text));
            }

            _next = _parts[_part].Start;
            return new(BodyRead.More(text));
        }

        NativeSlice slice = _entry.BodyFrom(_next);
        slice = slice.Take((int)Math.Min(Math.Min(slice.Length, MostOctets), _parts[_part].End - _next));
        _next += slice.Length;
        if (_next == _parts[_part].End)
        {
            _part++;
            _next = -1;
        }

        return new(BodyRead.More(slice));
    }

    public void Dispose() => _store.Release(_lane, _entry);
}
