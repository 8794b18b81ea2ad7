using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Cache.Freshness;
using Weir.Cache.Stores;

namespace Weir.Modules.Cache;

/// <summary>
/// Several parts of a stored response as multipart/byteranges (RFC 9110 section 14.6); holds it until the exchange is over.
/// </summary>
internal sealed class PartsBody : BodyReader, IDisposable
{
    // A connection's share of a turn.
    private const int MostOctets = 256 * 1024;

    private readonly EntryHold _hold = new();
    private readonly MemoryStore _store;
    private readonly int _lane;
    private readonly StoredEntry _entry;
    private readonly ByteRange[] _parts;
    private readonly PartTexts _texts;
    private int _part;
    private long _next = -1;

    private PartsBody(MemoryStore store, int lane, in StoredEntry entry, ByteRange[] parts, PartTexts texts)
    {
        _store = store;
        _lane = lane;
        _entry = entry;
        _parts = parts;
        _texts = texts;
    }

    public override BodyLength Length => BodyLength.Of(_texts.Octets);

    /// <summary>
    /// Makes a loaded 200 the 206 with the parts that its request asks for. The hold on the entry goes over to the exchange.
    /// </summary>
    public static void Serve(Exchange exchange, MemoryStore store, in StoredEntry entry)
    {
        Span<ByteRange> parts = stackalloc ByteRange[RangeSet.MostParts];
        RangeSet.Read(exchange.Request.Fields, entry.BodyOctets, parts, out int count);
        PartTexts texts = PartTexts.Begin(exchange, parts[..count], entry.BodyOctets);
        PartsBody body = new(store, exchange.Loop.Index, entry, parts[..count].ToArray(), texts);
        body._hold.Begin(store.ReadersOf(exchange.Loop), exchange, entry);
        exchange.ResponseBody = body;
        exchange.ReleaseAtEnd(body);
    }

    public override ValueTask<BodyRead> ReadAsync()
    {
        if (_hold.IsCut)
        {
            return new(BodyRead.Failed(ProxyErrors.CacheCrowded));
        }

        if (_next < 0)
        {
            NativeSlice text = _texts.Before(_part);
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

    public void Dispose()
    {
        _hold.End();
        _store.Release(_lane, _entry);
    }
}
