using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Heads;

namespace Weir.Pipeline.Stacks;

/// <summary>A body behind a filter. One output buffer bounds what a filter can produce ahead of its reader.</summary>
internal sealed class FilteredBody : WrappedBody
{
    private const int OutputOctets = 16 * 1024;

    private readonly BodyFilter _filter;
    private byte[]? _output;
    private NativeSlice _pending;
    private bool _isSourceDone;
    private bool _isDone;

    public FilteredBody(BodyReader source, BodyFilter filter, BodyLength length)
        : base(source)
    {
        _filter = filter;
        Length = length;
    }

    public override BodyLength Length { get; }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public override async ValueTask<BodyRead> ReadAsync()
    {
        while (true)
        {
            if (_pending.IsEmpty && !_isSourceDone)
            {
                BodyRead read = await Source.ReadAsync();
                if (read.Error is not null)
                {
                    Finish();
                    return read;
                }

                _pending = read.Data;
                _isSourceDone = read.IsEnd;
            }

            if (TryTransform(out BodyRead result))
            {
                return result;
            }
        }
    }

    private bool TryTransform(out BodyRead result)
    {
        // Pinned: whoever gets the slice hands it to the kernel.
        _output ??= GC.AllocateUninitializedArray<byte>(OutputOctets, pinned: true);
        OperationStatus status = _filter.Transform(_pending.Span, _output, out int consumed, out int written, _isSourceDone);
        _pending = _pending.From(consumed);
        if (status == OperationStatus.InvalidData)
        {
            Finish();
            result = BodyRead.Failed(ProxyErrors.OriginBadBody);
            return true;
        }

        NativeSlice data = new(Marshal.UnsafeAddrOfPinnedArrayElement(_output, 0), written);
        bool isEnd = _isSourceDone && _pending.IsEmpty && status != OperationStatus.DestinationTooSmall;
        if (isEnd)
        {
            Finish();
        }

        result = isEnd ? BodyRead.Last(data) : BodyRead.More(data);
        return isEnd || written > 0;
    }

    private void Finish()
    {
        if (!_isDone)
        {
            _isDone = true;
            _filter.Dispose();
        }
    }
}
