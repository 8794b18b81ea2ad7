using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Heads;

namespace Weir.Modules.BodyLimit;

/// <summary>Content of unknown length that breaks when it grows too large: what is on its way is then aborted, never taken for whole.</summary>
internal sealed class LimitedBody : BodyReader
{
    private readonly BodyReader _source;
    private long _left;

    public LimitedBody(BodyReader source, long mostOctets)
    {
        _source = source;
        _left = mostOctets;
    }

    /// <inheritdoc/>
    public override BodyLength Length => _source.Length;

    /// <inheritdoc/>
    public override HeaderFields? Trailers => _source.Trailers;

    /// <inheritdoc/>
    public override void Cancel() => _source.Cancel();

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public override async ValueTask<BodyRead> ReadAsync()
    {
        BodyRead read = await _source.ReadAsync();
        _left -= read.Data.Length;
        return _left < 0 ? BodyRead.Failed(ProxyErrors.BodyTooLarge) : read;
    }
}
