using System.Buffers;
using Weir.Abstractions.Errors;

namespace Weir.Abstractions.Bodies;

/// <summary>
/// Changes a body while it streams. It is asked for once the head is known, and belongs to one exchange. It pulls nothing and keeps
/// no more than it needs: the caller owns both buffers, which bounds what a filter can produce at a time.
/// </summary>
public abstract class BodyFilter : IDisposable
{
    /// <summary>
    /// Transforms some octets.
    /// <see cref="OperationStatus.Done"/>: the source is used up (and, at the end, everything is written).
    /// <see cref="OperationStatus.DestinationTooSmall"/>: call again with a new destination and what is left of the source.
    /// <see cref="OperationStatus.InvalidData"/>: the body is broken; the exchange is aborted.
    /// </summary>
    public abstract OperationStatus Transform(
        ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written, bool isEnd);

    /// <summary>Whether what the filter holds is asked for, by <see cref="Flush"/>, when the source seems to pause.</summary>
    public virtual bool IsFlushedAtPauses => false;

    /// <summary>Why <see cref="OperationStatus.InvalidData"/> was returned; null: the response's content is broken.</summary>
    public virtual ProxyError? Fault => null;

    /// <summary>
    /// Writes what the filter holds and a reader can use already. <see cref="OperationStatus.Done"/>: that was all;
    /// <see cref="OperationStatus.DestinationTooSmall"/>: call again with a new destination.
    /// </summary>
    public virtual OperationStatus Flush(Span<byte> destination, out int written)
    {
        written = 0;
        return OperationStatus.Done;
    }

    /// <summary>
    /// A reader to be used in place of <see cref="Transform"/>, for what changes no octet but when it comes; null: there is none. The
    /// filter is disposed with the exchange.
    /// </summary>
    public virtual BodyReader? Wrap(Exchanges.Exchange exchange, BodyReader source) => null;

    /// <summary>The length after the filter, from the length before it; unknown unless a filter knows better.</summary>
    public virtual Heads.BodyLength LengthAfter(Heads.BodyLength before) => before.IsNone ? before : Heads.BodyLength.Unknown;

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Gives back what the filter holds.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }
}
