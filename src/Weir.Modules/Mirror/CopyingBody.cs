using System.Buffers;
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Modules.Mirror;

/// <summary>
/// A request's content, lent on as it comes, of which a copy is kept. With the last octets the copy is sent; one that grows too large,
/// or whose original breaks, is dropped.
/// </summary>
internal sealed class CopyingBody : WrappedBody
{
    private const int FirstOctets = 4096;

    private readonly Exchange _exchange;
    private readonly MirrorModule _mirror;
    private readonly RequestHead _head = new();
    private readonly int _mostOctets;
    private byte[]? _copy;
    private int _length;

    public CopyingBody(Exchange exchange, MirrorModule mirror, int mostOctets)
        : base(exchange.RequestBody)
    {
        _exchange = exchange;
        _mirror = mirror;
        _mostOctets = mostOctets;
        _copy = ArrayPool<byte>.Shared.Rent(Math.Min(FirstOctets, Math.Max(mostOctets, 1)));
        exchange.Request.CopyTo(_head);
    }

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public override async ValueTask<BodyRead> ReadAsync()
    {
        BodyRead read = await Source.ReadAsync();
        if (_copy is null)
        {
            return read;
        }

        if (read.Error is not null || read.Data.Length > _mostOctets - _length)
        {
            Drop();
            return read;
        }

        Append(_copy, read.Data.Span);
        if (read.IsEnd)
        {
            PinnedBody? content = _length == 0 ? null : new PinnedBody(_copy.AsSpan(0, _length));
            Drop();
            _mirror.Send(_exchange, _head, content);
        }

        return read;
    }

    private void Append(byte[] copy, ReadOnlySpan<byte> octets)
    {
        if (octets.Length > copy.Length - _length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(copy.Length * 2, _length + octets.Length));
            copy.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(copy);
            copy = larger;
            _copy = larger;
        }

        octets.CopyTo(copy.AsSpan(_length));
        _length += octets.Length;
    }

    private void Drop()
    {
        ArrayPool<byte>.Shared.Return(_copy!);
        _copy = null;
    }
}
