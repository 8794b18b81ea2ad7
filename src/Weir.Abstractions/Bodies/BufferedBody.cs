using System.Buffers;
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Abstractions.Bodies;

/// <summary>
/// A request's content in buffers of its loop: whole, or as far as somebody wanted it. As a reader it gives what it holds first and then
/// what is left in the source, so that an origin gets every octet once. Made by <see cref="Exchange.BufferRequestAsync"/>; the exchange
/// gives the buffers back at its end.
/// </summary>
public sealed class BufferedBody : BodyReader
{
    // A connection's share of a turn.
    private const int OctetsPerTurn = 256 * 1024;
    private const int SmallOctets = 16 * 1024;
    private const int LargeOctets = 64 * 1024;

    private readonly BodyReader _source;
    private readonly LoopServices _loop;
    private readonly List<LoopBuffer> _buffers = [];
    private int _lastCount;
    private int _nextSegment;
    private ProxyError? _error;

    internal BufferedBody(BodyReader source, LoopServices loop, BufferedBody? older)
    {
        _source = source;
        _loop = loop;
        Older = older;
    }

    /// <summary>Octets held.</summary>
    public long Count { get; private set; }

    /// <summary>Whether these are all there are: the message was complete.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>How many pieces the octets lie in.</summary>
    public int SegmentCount => _buffers.Count;

    /// <inheritdoc/>
    public override BodyLength Length => _source.Length;

    /// <inheritdoc/>
    public override HeaderFields? Trailers => _source.Trailers;

    /// <summary>What the same exchange buffered before, below what a module put around it.</summary>
    internal BufferedBody? Older { get; }

    internal ProxyError? Error => _error;

    /// <summary>A piece, from 0; valid until the exchange is over.</summary>
    public NativeSlice Segment(int index) =>
        new(_buffers[index].Address, index == _buffers.Count - 1 ? _lastCount : _buffers[index].Capacity);

    /// <summary>All octets held, for parsers that take sequences; valid until the exchange is over. Allocates.</summary>
    public ReadOnlySequence<byte> ToSequence() => BufferSequence.Over(this);

    /// <summary>Copies as many octets as fit, from the first on.</summary>
    public int CopyTo(Span<byte> target)
    {
        int copied = 0;
        for (int i = 0; i < _buffers.Count && copied < target.Length; i++)
        {
            ReadOnlySpan<byte> segment = Segment(i).Span;
            int count = Math.Min(segment.Length, target.Length - copied);
            segment[..count].CopyTo(target[copied..]);
            copied += count;
        }

        return copied;
    }

    /// <summary>Makes it give its octets from the first on again: only for content that is whole.</summary>
    public BodyReader OpenAgain()
    {
        _nextSegment = 0;
        return this;
    }

    /// <inheritdoc/>
    public override ValueTask<BodyRead> ReadAsync()
    {
        if (_nextSegment < _buffers.Count)
        {
            NativeSlice segment = Segment(_nextSegment++);
            return new(IsWhole && _nextSegment == _buffers.Count ? BodyRead.Last(segment) : BodyRead.More(segment));
        }

        if (IsWhole)
        {
            return new(BodyRead.Last(default));
        }

        return _error is null ? _source.ReadAsync() : new(BodyRead.Failed(_error));
    }

    /// <inheritdoc/>
    public override void Cancel()
    {
        if (!IsWhole)
        {
            _source.Cancel();
        }
    }

    /// <summary>Reads until the end, an error, or more octets than the limit; one read's worth beyond it may be held.</summary>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder))]
    internal async ValueTask FillAsync(long limitOctets, Exchange? expecting)
    {
        int thisTurn = 0;
        while (!IsWhole && _error is null && Count <= limitOctets)
        {
            ValueTask<BodyRead> reading = _source.ReadAsync();
            if (expecting is not null && !reading.IsCompleted)
            {
                // RFC 9110 section 10.1.1: nothing of the content is here yet, so the client may be waiting for this.
                ProxyError? unsent = await expecting.SendContinueAsync();
                expecting = null;
                if (unsent is not null)
                {
                    _source.Cancel();
                    await reading;
                    _error = unsent;
                    return;
                }
            }

            BodyRead read = await reading;
            _error = read.Error ?? (TryKeep(read.Data.Span) ? null : ProxyErrors.MemoryExhausted);
            IsWhole = read.IsEnd && _error is null;
            thisTurn += read.Data.Length;
            if (thisTurn >= OctetsPerTurn && !IsWhole)
            {
                thisTurn = 0;
                await _loop.YieldAsync();
            }
        }
    }

    /// <summary>Gives the buffers back; nobody reads any more.</summary>
    internal void Release()
    {
        foreach (LoopBuffer buffer in _buffers)
        {
            _loop.ReturnBuffer(buffer);
        }

        _buffers.Clear();
        Older?.Release();
    }

    private bool TryKeep(ReadOnlySpan<byte> octets)
    {
        while (!octets.IsEmpty)
        {
            if ((_buffers.Count == 0 || _lastCount == _buffers[^1].Capacity) && !TryAdd())
            {
                return false;
            }

            LoopBuffer last = _buffers[^1];
            int count = Math.Min(octets.Length, last.Capacity - _lastCount);
            octets[..count].CopyTo(last.Span(_lastCount, count));
            _lastCount += count;
            Count += count;
            octets = octets[count..];
        }

        return true;
    }

    private bool TryAdd()
    {
        bool isSmall = _buffers.Count == 0 && (!Length.IsKnown || Length.Octets <= SmallOctets);
        if (_loop.TryRentBuffer(isSmall ? SmallOctets : LargeOctets) is not { } buffer)
        {
            return false;
        }

        _buffers.Add(buffer);
        _lastCount = 0;
        return true;
    }
}
