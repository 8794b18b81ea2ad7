using System.Buffers;
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Abstractions.Bodies;

/// <summary>A body behind a filter. One output buffer bounds what a filter can produce ahead of its reader.</summary>
public sealed class FilteredBody : WrappedBody, IDisposable
{
    private const int OutputOctets = 16 * 1024;

    // A source that has less than this to give has, most likely, no more at the moment.
    private const int PauseBelow = 16 * 1024;

    // Filters compute: what one may take in before others come first.
    private const int SourceOctetsPerTurn = 64 * 1024;

    private readonly BodyFilter _filter;
    private readonly LoopServices _loop;
    private LoopBuffer? _output;
    private NativeSlice _pending;
    private int _takenThisTurn;
    private bool _isSourceDone;
    private bool _isFlushDue;
    private bool _holdsOutput;
    private bool _isDone;

    private FilteredBody(LoopServices loop, BodyReader source, BodyFilter filter, BodyLength length)
        : base(source)
    {
        _loop = loop;
        _filter = filter;
        Length = length;
    }

    /// <inheritdoc/>
    public override BodyLength Length { get; }

    /// <inheritdoc/>
    public override HeaderFields? Trailers
    {
        get
        {
            HeaderFields? trailers = Source.Trailers;
            if (trailers is not null)
            {
                Digests.Forget(trailers);
            }

            return trailers;
        }
    }

    /// <summary>Puts a filter in front of a body. It is given back with the exchange at the latest.</summary>
    public static BodyReader Open(Exchange exchange, BodyReader source, BodyFilter filter, BodyLength length)
    {
        if (filter.Wrap(exchange, source) is { } wrapped)
        {
            exchange.ReleaseAtEnd(filter);
            return wrapped;
        }

        FilteredBody body = new(exchange.Loop, source, filter, length);
        exchange.ReleaseAtEnd(body);
        return body;
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public override async ValueTask<BodyRead> ReadAsync()
    {
        _output ??= _loop.TryRentBuffer(OutputOctets);
        if (_output is null)
        {
            return BodyRead.Failed(ProxyErrors.MemoryExhausted);
        }

        while (true)
        {
            if (_pending.IsEmpty && !_isSourceDone && !_holdsOutput && !_isFlushDue)
            {
                if (_takenThisTurn >= SourceOctetsPerTurn)
                {
                    _takenThisTurn = 0;
                    await _loop.YieldAsync();
                }

                BodyRead read = await Source.ReadAsync();
                if (read.Error is not null)
                {
                    return read;
                }

                _pending = read.Data;
                _takenThisTurn += read.Data.Length;
                _isSourceDone = read.IsEnd;
                _isFlushDue = !read.IsEnd && read.Data.Length < PauseBelow && _filter.IsFlushedAtPauses;
            }

            if (TryTransform(_output.Span(0, OutputOctets), out BodyRead result))
            {
                return result;
            }
        }
    }

    /// <summary>Gives back the filter and the buffer; what was read last is not touched any more.</summary>
    public void Dispose()
    {
        if (_isDone)
        {
            return;
        }

        _isDone = true;
        _filter.Dispose();
        if (_output is { } output)
        {
            _loop.ReturnBuffer(output);
            _output = null;
        }
    }

    private bool TryTransform(Span<byte> output, out BodyRead result)
    {
        OperationStatus status = _filter.Transform(_pending.Span, output, out int consumed, out int written, _isSourceDone);
        _pending = _pending.From(consumed);
        if (status == OperationStatus.Done && _pending.IsEmpty && _isFlushDue)
        {
            status = _filter.Flush(output[written..], out int flushed);
            written += flushed;
            _isFlushDue = status == OperationStatus.DestinationTooSmall;
        }

        if (status == OperationStatus.InvalidData)
        {
            result = BodyRead.Failed(_filter.Fault ?? ProxyErrors.OriginBadBody);
            return true;
        }

        _holdsOutput = status == OperationStatus.DestinationTooSmall;
        bool isEnd = _isSourceDone && _pending.IsEmpty && !_holdsOutput;
        NativeSlice data = new(_output!.Address, written);
        result = isEnd ? BodyRead.Last(data) : BodyRead.More(data);
        return isEnd || written > 0;
    }
}
