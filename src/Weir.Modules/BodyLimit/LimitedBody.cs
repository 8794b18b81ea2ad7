using System.Runtime.CompilerServices;
using Weir.Abstractions.Async;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Errors;

namespace Weir.Modules.BodyLimit;

/// <summary>
/// Content of unknown length that breaks when it grows too large: what is on its way is then aborted, never taken for whole.
/// </summary>
internal sealed class LimitedBody : WrappedBody
{
    private long _left;

    public LimitedBody(BodyReader source, long mostOctets)
        : base(source) => _left = mostOctets;

    /// <inheritdoc/>
    [AsyncMethodBuilder(typeof(LoopMethodBuilder<>))]
    public override async ValueTask<BodyRead> ReadAsync()
    {
        BodyRead read = await Source.ReadAsync();
        _left -= read.Data.Length;
        return _left < 0 ? BodyRead.Failed(ProxyErrors.BodyTooLarge) : read;
    }
}
