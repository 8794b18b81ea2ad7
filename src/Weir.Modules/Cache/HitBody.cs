// Hot: every hit's content; one for each exchange that is served from the store, reused by its loop.
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Cache.Stores;

namespace Weir.Modules.Cache;

/// <summary>Lends the octets of a stored response where they lie, and holds them until the exchange is over.</summary>
internal sealed class HitBody : BodyReader
{
    // A connection's share of a turn.
    private const int MostOctets = 256 * 1024;

    private readonly EntryHold _hold = new();
    private MemoryStore? _store;
    private StoredEntry _entry;
    private int _lane;
    private long _next;
    private long _end;

    public override BodyLength Length => BodyLength.Of(_end - _next);

    /// <summary>Takes a hold over, and gives a part of the body.</summary>
    public void Open(Exchange exchange, MemoryStore store, LaneReaders readers, in StoredEntry entry, long start, long length)
    {
        _hold.Begin(readers, exchange, entry);
        _store = store;
        _lane = exchange.Loop.Index;
        _entry = entry;
        _next = start;
        _end = start + length;
    }

    public override ValueTask<BodyRead> ReadAsync()
    {
        if (_hold.IsCut)
        {
            return new(BodyRead.Failed(ProxyErrors.CacheCrowded));
        }

        if (_next >= _end)
        {
            return new(BodyRead.Last(default));
        }

        NativeSlice slice = _entry.BodyFrom(_next);
        slice = slice.Take((int)Math.Min(Math.Min(slice.Length, MostOctets), _end - _next));
        _next += slice.Length;
        return new(_next == _end ? BodyRead.Last(slice) : BodyRead.More(slice));
    }

    /// <summary>Nobody reads any more.</summary>
    public void Close()
    {
        _hold.End();
        _store!.Release(_lane, _entry);
        _store = null;
        _entry = default;
    }
}
