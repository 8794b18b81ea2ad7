using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Cache.Disk;
using Weir.Cache.Stores;

namespace Weir.Cache.Collapsing;

/// <summary>
/// A body that arrives and is being stored, in memory or on the disk. Any number of readers, on any loop, begin at its beginning and
/// follow. While it is collected in memory nothing is dropped, nobody waits for a slow reader, and whoever comes finds all that came so
/// far. Where it cannot be kept whole, a window of it is, at the pace of the slowest reader. Shared by threads: what readers see is guarded
/// by one lock, held for a few steps and never while waiting or calling out; the rest belongs to the loop it arrives on.
/// </summary>
public sealed class ArrivingBody : FollowedBody
{
    private const int WindowOctets = 4 << 20;
    private const int PieceOctets = 64 * 1024;

    // A connection's share of a turn.
    private const int MostRead = 256 * 1024;

    // A lack of memory has no event: it is looked for again after this time.
    private const int StarvedRetryMs = 20;

    private readonly Lock _gate = new();
    private readonly SharedCache _cache;
    private readonly LoopServices _loop;
    private readonly SynchronizationContext? _context = SynchronizationContext.Current;
    private readonly BodyReader _source;
    private readonly long _mostOctets;
    private readonly LoopWake _room;

    // Guarded by the lock.
    private readonly List<ArrivingReader> _readers = [];
    private readonly List<Piece> _pieces = [];
    private long _end;
    private ProxyError? _error;
    private bool _isFinished;
    private bool _isReleased;
    private bool _isProducerWaiting;

    // Of the loop alone.
    private CollectedBody? _memory;
    private long _memoryOctets;
    private Kept? _kept;
    private bool _isCollecting;
    private bool _isFreed;

    /// <summary>Begins to take a body over, on the loop that it arrives on.</summary>
    /// <param name="cache">The cache that it is for.</param>
    /// <param name="loop">The loop.</param>
    /// <param name="from">The body; it is given up.</param>
    /// <param name="mostOctets">More is not stored.</param>
    /// <param name="announced">How many octets were announced; less than 0: none.</param>
    public ArrivingBody(SharedCache cache, LoopServices loop, FollowedBody from, long mostOctets, long announced)
    {
        _cache = cache;
        _loop = loop;
        _mostOctets = mostOctets;
        _room = new LoopWake(loop);
        _source = from.OpenReader(loop);
        from.Release();
        Length = _source.Length;
        if (announced > cache.Store.MostBodyOctets)
        {
            OnDisk = cache.Disk?.BeginLarge(mostOctets);
        }

        _isCollecting = OnDisk is null;
        IsStoring = true;
        _memory = _isCollecting ? new CollectedBody(cache.Store, loop, mostOctets, announced) { IsRead = true } : null;
    }

    /// <summary>What readers are told of the length.</summary>
    public BodyLength Length { get; }

    /// <summary>The trailer fields, once the body ended.</summary>
    public HeaderFields? Trailers { get; private set; }

    /// <summary>Whether all of it came. On its loop.</summary>
    public bool HasAll { get; private set; }

    /// <summary>Whether it is being stored, and not only passed on. On its loop.</summary>
    public bool IsStoring { get; private set; }

    /// <summary>Whether it stopped being stored because there is no room now. On its loop.</summary>
    public bool HasNoRoom => _memory is { HasNoRoom: true };

    /// <summary>The body as memory takes it; null: it goes elsewhere. On its loop.</summary>
    public CollectedBody? InMemory => _isCollecting ? _memory : null;

    /// <summary>The body as the disk takes it; null: it goes elsewhere. On its loop.</summary>
    public LargeWrite? OnDisk { get; private set; }

    /// <inheritdoc/>
    public override bool IsWhole
    {
        get
        {
            lock (_gate)
            {
                return !_isReleased && (_pieces.Count == 0 ? _end == 0 : _pieces[0].Start == 0);
            }
        }
    }

    /// <summary>Whether a body of an announced length can be stored at all.</summary>
    public static bool Fits(SharedCache cache, long octets, long mostOctets) =>
        octets <= mostOctets && octets <= Math.Max(cache.Store.MostBodyOctets, cache.Disk?.MostBodyOctets ?? 0);

    /// <inheritdoc/>
    public override BodyReader OpenReader(LoopServices loop) => Open(new ArrivingReader(this, loop));

    /// <summary>A reader for an exchange, which ends with it at the latest, and is cut off with it.</summary>
    public BodyReader OpenReader(Exchange exchange)
    {
        ArrivingReader reader = Open(new ArrivingReader(this, exchange.Loop) { Exchange = exchange });
        exchange.ReleaseAtEnd(reader);
        return reader;
    }

    private ArrivingReader Open(ArrivingReader reader)
    {
        lock (_gate)
        {
            if (_isReleased || (_pieces.Count == 0 ? _end > 0 : _pieces[0].Start > 0))
            {
                // The beginning is gone: what is left would be taken for the whole.
                reader.Refuse(_error ?? ProxyErrors.Internal);
            }
            else
            {
                _readers.Add(reader);
            }
        }

        return reader;
    }

    /// <inheritdoc/>
    public override void Release()
    {
        lock (_gate)
        {
            _isReleased = true;
        }

        Settle();
    }

    /// <summary>Reads on, on its loop, and keeps what came. False: it is over, well if it has all.</summary>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public async ValueTask<bool> ReadOnAsync()
    {
        BodyRead read = await _source.ReadAsync();
        if (read.Error is not null)
        {
            End(read.Error);
            return false;
        }

        NativeSlice left = Collect(read.Data);
        if (!left.IsEmpty && OnDisk is not null && !OnDisk.TryAppend(left.Span))
        {
            IsStoring = false;
        }

        if (!left.IsEmpty && !await PassAsync(left))
        {
            _source.Cancel();
            End(ProxyErrors.ClientAborted);
            return false;
        }

        HasAll = read.IsEnd;
        return !read.IsEnd;
    }

    /// <summary>The end, for those who read: once all of it came. Harmless after an error.</summary>
    public void Finish()
    {
        Trailers = _source.Trailers;
        if (_memory is not null && !_isFreed && HasReaders)
        {
            // From now on it is those who read that keep it.
            _kept = new Kept(this);
            _cache.Store.ReadersOf(_loop).Add(_kept);
        }

        End(HasAll ? null : ProxyErrors.Internal);
    }

    /// <summary>What a reader gets; false: nothing yet, it will be woken. <paramref name="givenBack"/> octets are no longer lent.</summary>
    internal bool TryRead(ArrivingReader reader, int givenBack, out BodyRead read)
    {
        lock (_gate)
        {
            reader.Offset += givenBack;
            if (givenBack > 0)
            {
                WakeProducer();
            }

            if (reader.Offset < _end)
            {
                Piece piece = PieceAt(reader.Offset);
                int skip = (int)(reader.Offset - piece.Start);
                read = BodyRead.More(new NativeSlice(piece.Address + skip, Math.Min(piece.Length - skip, MostRead)));
                return true;
            }

            if (!_isFinished && _error is null)
            {
                read = default;
                reader.IsParked = true;
                return false;
            }

            // The end comes alone, so that the last octets are known to be given back.
            read = _error is null ? BodyRead.Last(default) : BodyRead.Failed(_error);
        }

        Close(reader);
        return true;
    }

    internal void Close(ArrivingReader reader)
    {
        lock (_gate)
        {
            if (!_readers.Remove(reader))
            {
                return;
            }

            WakeProducer();
        }

        Settle();
    }

    // Into memory, as long as it is for memory. What is left has to go elsewhere.
    private NativeSlice Collect(NativeSlice data)
    {
        while (_isCollecting && !data.IsEmpty)
        {
            NativeSlice placed = _memory!.Append(data.Span);
            if (placed.IsEmpty)
            {
                LeaveMemory(data.Length);
                break;
            }

            Publish(placed);
            data = data.From(placed.Length);
        }

        return data;
    }

    // Too large for memory: the disk, where there is one, gets what came so far. Readers find that where it is until they are past it.
    private void LeaveMemory(int more)
    {
        _isCollecting = false;
        _memoryOctets = _memory!.Octets;
        bool isTooLarge = _memoryOctets + more > _cache.Store.MostBodyOctets && _memoryOctets + more <= _mostOctets;
        OnDisk = isTooLarge ? _cache.Disk?.BeginLarge(_mostOctets) : null;
        IsStoring = OnDisk is not null && _memory.TryCopyTo(OnDisk);
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<bool> PassAsync(NativeSlice data)
    {
        while (!data.IsEmpty)
        {
            int kept = Keep(data, out bool isWanted, out bool isStarved);
            data = data.From(kept);
            if (!isWanted)
            {
                return false;
            }

            if (data.IsEmpty)
            {
                return true;
            }

            if (isStarved)
            {
                await _loop.DelayAsync(StarvedRetryMs);
            }
            else
            {
                await _room.WaitAsync();
            }
        }

        return true;
    }

    private int Keep(NativeSlice data, out bool isWanted, out bool isStarved)
    {
        isStarved = false;
        lock (_gate)
        {
            isWanted = IsStoring || _readers.Count > 0 || !_isReleased;
            if (!isWanted)
            {
                return 0;
            }

            DropPassed(data.Length);
            if (_readers.Count == 0 && _pieces.Count == 0 && (_end > 0 || _isReleased))
            {
                // The disk has it; nobody reads along, and nobody can begin to.
                _end += data.Length;
                return data.Length;
            }

            int kept = 0;
            while (kept < data.Length && WindowRoom > 0)
            {
                int count = AppendToWindow(data.From(kept));
                isStarved = count == 0;
                if (isStarved)
                {
                    break;
                }

                kept += count;
            }

            _isProducerWaiting = !isStarved && kept < data.Length;
            WakeReaders();
            return kept;
        }
    }

    private long WindowRoom => WindowOctets - (_end - Math.Max(_memoryOctets, _pieces.Count > 0 ? _pieces[0].Start : _end));

    private int AppendToWindow(NativeSlice data)
    {
        Piece? last = _pieces.Count > 0 ? _pieces[^1] : null;
        if (last?.Buffer is null || last.Length == last.Buffer.Capacity)
        {
            if (_loop.TryRentBuffer(PieceOctets) is not { } buffer)
            {
                return 0;
            }

            last = new Piece(_end, buffer.Address, 0, buffer);
            _pieces.Add(last);
        }

        int count = Math.Min(data.Length, last.Buffer!.Capacity - last.Length);
        data.Span[..count].CopyTo(last.Buffer.Span(last.Length, count));
        last.Length += count;
        _end += count;
        return count;
    }

    // With the lock held, on the loop. As long as there is room everything is kept for those who may come.
    private void DropPassed(int wanted)
    {
        if (!_isReleased && WindowRoom >= wanted)
        {
            return;
        }

        long passed = _end;
        foreach (ArrivingReader reader in _readers)
        {
            passed = Math.Min(passed, reader.Offset);
        }

        int count = 0;
        for (; count < _pieces.Count && _pieces[count].Start + _pieces[count].Length <= passed; count++)
        {
            if (_pieces[count].Buffer is { } buffer)
            {
                _loop.ReturnBuffer(buffer);
            }
        }

        _pieces.RemoveRange(0, count);
        if (!_isCollecting && _memory is not null && passed >= _memoryOctets)
        {
            _memory.Release();
            _memory = null;
        }
    }

    private void Publish(NativeSlice placed)
    {
        lock (_gate)
        {
            Piece? last = _pieces.Count > 0 ? _pieces[^1] : null;
            if (last is not null && last.Address + last.Length == placed.Address)
            {
                last.Length += placed.Length;
            }
            else
            {
                _pieces.Add(new Piece(_end, placed.Address, placed.Length, null));
            }

            _end += placed.Length;
            WakeReaders();
        }
    }

    private Piece PieceAt(long offset)
    {
        int low = 0;
        for (int high = _pieces.Count - 1; low < high;)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = _pieces[middle].Start <= offset ? (middle, high) : (low, middle - 1);
        }

        return _pieces[low];
    }

    private void End(ProxyError? error)
    {
        lock (_gate)
        {
            if (_isFinished || _error is not null)
            {
                return;
            }

            _isFinished = error is null;
            _error = error;
            WakeReaders();
        }

        Settle();
    }

    private void WakeProducer()
    {
        if (_isProducerWaiting)
        {
            _isProducerWaiting = false;
            _room.Set();
        }
    }

    private void WakeReaders()
    {
        foreach (ArrivingReader reader in _readers)
        {
            if (reader.IsParked)
            {
                reader.IsParked = false;
                reader.Wake.Set();
            }
        }
    }

    // What nobody reads any more, nor can begin to read, is freed on its loop; a body that nobody wants is not waited for.
    private void Settle()
    {
        lock (_gate)
        {
            if (_readers.Count > 0 || !_isReleased)
            {
                return;
            }
        }

        if (_context is null || ReferenceEquals(SynchronizationContext.Current, _context))
        {
            SettleHere();
            return;
        }

        _context.Post(static state => ((ArrivingBody)state!).SettleHere(), this);
    }

    private void SettleHere()
    {
        bool isOver;
        lock (_gate)
        {
            if (_readers.Count > 0 || _isFreed)
            {
                return;
            }

            _isFreed = isOver = _isFinished || _error is not null;
        }

        // Not the field: without a loop's context another thread may set it by now, and frees then.
        if (isOver)
        {
            Free();
        }
        else if (!IsStoring)
        {
            _source.Cancel();
            _room.Set();
        }
    }

    private void Free()
    {
        if (_kept is not null)
        {
            _cache.Store.ReadersOf(_loop).Remove(_kept);
        }

        foreach (Piece piece in _pieces)
        {
            if (piece.Buffer is { } buffer)
            {
                _loop.ReturnBuffer(buffer);
            }
        }

        _pieces.Clear();
        _memory?.Release();
        _memory = null;
        OnDisk?.Release();
    }

    private bool HasReaders
    {
        get
        {
            lock (_gate)
            {
                return _readers.Count > 0 || !_isReleased;
            }
        }
    }

    private void CutReaders(int pieces)
    {
        lock (_gate)
        {
            foreach (ArrivingReader reader in _readers)
            {
                reader.CutLater(pieces);
            }
        }
    }

    // What was stored and is kept by slow readers alone.
    private sealed class Kept : StoreReader
    {
        private readonly ArrivingBody _body;

        public Kept(ArrivingBody body) => _body = body;

        protected internal override int CountRetired() => _body._memory?.CountRetired() ?? 0;

        protected internal override void Cut() => _body.CutReaders(CountRetired());
    }

    private sealed class Piece
    {
        public Piece(long start, nint address, int length, LoopBuffer? buffer)
        {
            Start = start;
            Address = address;
            Length = length;
            Buffer = buffer;
        }

        public long Start { get; }

        public nint Address { get; }

        public int Length { get; set; }

        // What is to be given back; null: it lies in what is collected.
        public LoopBuffer? Buffer { get; }
    }
}
