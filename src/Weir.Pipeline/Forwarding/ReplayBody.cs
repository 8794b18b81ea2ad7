using System.Buffers;
using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;

namespace Weir.Pipeline.Forwarding;

/// <summary>
/// Keeps the content of an idempotent request while it is sent for the first time, up to a bound, so that it can be sent again whole.
/// </summary>
internal sealed class ReplayBody : WrappedBody
{
    private readonly int _limitOctets;
    private byte[]? _kept;
    private int _keptCount;
    private bool _isWhole;
    private bool _isOverflown;

    public ReplayBody(BodyReader source, int limitOctets)
        : base(source) => _limitOctets = limitOctets;

    /// <summary>Whether all of the content is here.</summary>
    public bool IsWhole => _isWhole && !_isOverflown;

    /// <summary>Octets of it that are here.</summary>
    public int KeptCount => _keptCount;

    public override ValueTask<BodyRead> ReadAsync()
    {
        ValueTask<BodyRead> reading = Source.ReadAsync();
        return reading.IsCompletedSuccessfully ? new(Keep(reading.Result)) : ReadSlowAsync(reading);
    }

    /// <summary>A reader of what was kept, from its beginning.</summary>
    public BodyReader OpenAgain() => new PinnedBody(_kept.AsSpan(0, _keptCount)).Open();

    /// <summary>Gives the memory back.</summary>
    public void Release()
    {
        if (_kept is { } kept)
        {
            _kept = null;
            ArrayPool<byte>.Shared.Return(kept);
        }
    }

    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    private async ValueTask<BodyRead> ReadSlowAsync(ValueTask<BodyRead> reading) => Keep(await reading);

    private BodyRead Keep(BodyRead read)
    {
        _isWhole = read.IsEnd && read.Error is null;
        _isOverflown |= _keptCount + read.Data.Length > _limitOctets;
        if (!_isOverflown && !read.Data.IsEmpty)
        {
            _kept ??= ArrayPool<byte>.Shared.Rent(_limitOctets);
            read.Data.Span.CopyTo(_kept.AsSpan(_keptCount));
            _keptCount += read.Data.Length;
        }

        return read;
    }
}
