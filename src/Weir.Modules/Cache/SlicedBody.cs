using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Cache.Collapsing;
using Weir.Cache.Freshness;
using Weir.Cache.Stores;

namespace Weir.Modules.Cache;

/// <summary>
/// Reads a range of a response that is kept in slices: from the store, and what is not there while it arrives, one slice ahead. Belongs to
/// an exchange and ends with it.
/// </summary>
internal sealed class SlicedBody : BodyReader, IDisposable
{
    // A connection's share of a turn.
    private const int MostOctets = 256 * 1024;

    // Fills that brought nothing of use, one after the other.
    private const int MostVain = 3;

    private readonly EntryHold _hold = new();
    private readonly Exchange _exchange;
    private readonly SlicedObject _sliced;
    private readonly SliceAsker _asker;
    private readonly MemoryStore _store;
    private readonly int _waitMs;
    private readonly long _end;
    private long _next;
    private StoredEntry _held;
    private long _heldStart;
    private BodyReader? _reader;
    private long _readerAt;
    private bool _isReaderDone;
    private int _vain;
    private bool _hasBegun;

    public SlicedBody(Exchange exchange, SlicedObject sliced, SliceAsker asker, MemoryStore store, ByteRange range, int waitMs)
    {
        _exchange = exchange;
        _sliced = sliced;
        _asker = asker;
        _store = store;
        _waitMs = waitMs;
        _next = range.Start;
        _end = range.End;
    }

    public override BodyLength Length => BodyLength.Of(_end - _next);

    /// <summary>
    /// Whether the first octets are there or arrive; else why not. Before the head is sent: afterwards it is too late to say so.
    /// </summary>
    public ValueTask<ProxyError?> OpenAsync() => TryOpenStored(out bool isBehind) ? default : FollowAsync(isBehind, isAlone: false);

    public override ValueTask<BodyRead> ReadAsync() => TryReadHeld(out BodyRead read) ? new(read) : ReadSlowAsync();

    public override void Cancel() => _reader?.Cancel();

    public void Dispose()
    {
        CloseReader();
        ReleaseHeld();
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<BodyRead> ReadSlowAsync()
    {
        while (true)
        {
            if (TryReadHeld(out BodyRead read))
            {
                return read;
            }

            if (_reader is not null && !_isReaderDone)
            {
                read = await _reader.ReadAsync();
                if (read.Error is not null)
                {
                    return read;
                }

                _isReaderDone = read.IsEnd;
                NativeSlice data = read.Data;
                int skipped = (int)Math.Clamp(_next - _readerAt, 0, data.Length);
                _readerAt += data.Length;
                data = data.From(skipped);
                data = data.Take((int)Math.Min(data.Length, _end - _next));
                _next += data.Length;
                if (_next == _end)
                {
                    return BodyRead.Last(data);
                }

                if (!data.IsEmpty)
                {
                    _hasBegun = true;
                    _vain = 0;
                    return BodyRead.More(data);
                }

                continue;
            }

            CloseReader();
            ReleaseHeld();

            // RFC 9111 section 3.4: without a strong validator what another response brings is not put behind this one.
            if (++_vain > MostVain || (_hasBegun && !_sliced.Head.IsStrong))
            {
                return BodyRead.Failed(ProxyErrors.OriginTruncated);
            }

            if (!TryOpenStored(out bool isBehind) && await FollowAsync(isBehind, isAlone: false) is { } error)
            {
                return BodyRead.Failed(error);
            }
        }
    }

    private bool TryReadHeld(out BodyRead read)
    {
        read = BodyRead.Failed(ProxyErrors.CacheCrowded);
        if (_hold.IsCut)
        {
            return true;
        }

        read = default;
        if (_held.IsEmpty || _next >= _heldStart + _held.BodyOctets)
        {
            return false;
        }

        NativeSlice slice = _held.BodyFrom(_next - _heldStart);
        slice = slice.Take((int)Math.Min(Math.Min(slice.Length, MostOctets), _end - _next));
        _next += slice.Length;
        _vain = 0;
        _hasBegun = true;
        read = _next == _end ? BodyRead.Last(slice) : BodyRead.More(slice);
        return true;
    }

    private bool TryOpenStored(out bool isBehind)
    {
        if (!_asker.TryFind(_sliced, _next, out _held, out _heldStart, out isBehind))
        {
            return false;
        }

        _hold.Begin(_store.ReadersOf(_sliced.Loop), _exchange, _held);
        Prefetch();
        return true;
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<ProxyError?> FollowAsync(bool isBehind, bool isAlone)
    {
        long from = isBehind ? _next : _sliced.Head.RangeOf(_sliced.Head.IndexOf(_next)).Start;
        Fill fill = _asker.Begin(_exchange, _sliced, from, isAlone);
        FillHead? head = await fill.WaitAsync(_sliced.Loop, _waitMs);
        bool isUseful = false;
        if (head is { Outcome: FillOutcome.Shared } && head.Body!.IsWhole
            && SliceAsker.TryReadArriving(_sliced, head.Response!, out ByteRange arriving))
        {
            // Where another one's fill begins behind this place, a fill of its own does not.
            isUseful = arriving.Start <= _next && _next < arriving.End;
            if (isUseful)
            {
                _reader = head.Body.OpenReader(_sliced.Loop);
                _readerAt = arriving.Start;
                _isReaderDone = false;
                Prefetch();
            }
        }

        fill.Leave();
        if (isUseful || (head is { Outcome: FillOutcome.Stored } && TryOpenStored(out isBehind)))
        {
            return null;
        }

        return head?.Outcome is FillOutcome.Shared or FillOutcome.Stored && !isAlone
            ? await FollowAsync(isBehind, isAlone: true)
            : head is null ? ProxyErrors.OriginTimeout : head.Error ?? ProxyErrors.OriginTruncated;
    }

    // One slice ahead, so that the origin's delay is not paid for at each border.
    private void Prefetch()
    {
        long next = _sliced.Head.RangeOf(_sliced.Head.IndexOf(_next)).End;
        if (next >= _end || !_sliced.Head.IsStrong)
        {
            return;
        }

        if (_asker.TryFind(_sliced, next, out StoredEntry entry, out _, out _))
        {
            _store.ReleaseUnused(_sliced.Loop.Index, entry);
            return;
        }

        _asker.Begin(_exchange, _sliced, next, isAlone: false).Leave();
    }

    private void CloseReader()
    {
        if (_reader is not null && !_isReaderDone)
        {
            _reader.Cancel();
        }

        _reader = null;
    }

    private void ReleaseHeld()
    {
        if (!_held.IsEmpty)
        {
            _hold.End();
            _store.Release(_sliced.Loop.Index, _held);
            _held = default;
        }
    }
}
