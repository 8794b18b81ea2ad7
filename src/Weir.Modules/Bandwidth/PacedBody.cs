// Hot while content flows: hands on each piece of it.
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Modules.Bandwidth;

/// <summary>
/// Content that comes no faster than its key may have it. What the source has lent is handed on in pieces, without a copy; the source is
/// not read again before, so that whoever sends feels it. Nothing is held beyond what the source holds anyway.
/// </summary>
internal sealed class PacedBody : BodyReader
{
    // So long at most goes on waiting for whom nobody waits any more.
    private const int LongestDelayMs = 250;

    private Exchange _exchange = null!;
    private BodyReader _source = Empty;
    private OctetRate _rate = null!;
    private ulong _key;
    private long _free;
    private NativeSlice _pending;
    private bool _isSourceDone;
    private bool _isCancelled;

    /// <inheritdoc/>
    public override BodyLength Length => _source.Length;

    /// <inheritdoc/>
    public override HeaderFields? Trailers => _source.Trailers;

    public void Begin(Exchange exchange, BodyReader source, OctetRate rate, ulong key, long freeOctets)
    {
        _exchange = exchange;
        _source = source;
        _rate = rate;
        _key = key;
        _free = freeOctets;
        _pending = default;
        _isSourceDone = false;
        _isCancelled = false;
    }

    /// <summary>The exchange is over: nobody reads any more.</summary>
    public void End()
    {
        _exchange = null!;
        _source = Empty;
        _pending = default;
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public override async ValueTask<BodyRead> ReadAsync()
    {
        if (_pending.IsEmpty && !_isSourceDone)
        {
            BodyRead read = await _source.ReadAsync();
            if (read.Error is not null)
            {
                return read;
            }

            _pending = read.Data;
            _isSourceDone = read.IsEnd;
        }

        if (_pending.IsEmpty)
        {
            return BodyRead.Last(default);
        }

        int count = (int)Math.Min(_pending.Length, _free > 0 ? _free : _rate.PieceOctets);
        if (_free > 0)
        {
            _free -= count;
        }
        else
        {
            LoopServices loop = _exchange.Loop;
            long dueMs = _rate.Book(_key, count, loop.NowMs);
            while (loop.NowMs < dueMs)
            {
                if (_isCancelled || _exchange.Client.IsGone)
                {
                    return BodyRead.Failed(ProxyErrors.ClientAborted);
                }

                await loop.DelayAsync((int)Math.Min(dueMs - loop.NowMs, LongestDelayMs));
            }
        }

        NativeSlice piece = _pending.Take(count);
        _pending = _pending.From(count);
        return _isSourceDone && _pending.IsEmpty ? BodyRead.Last(piece) : BodyRead.More(piece);
    }

    /// <inheritdoc/>
    public override void Cancel()
    {
        _isCancelled = true;
        _source.Cancel();
    }
}
