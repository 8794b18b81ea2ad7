using Weir.Abstractions.Heads;

namespace Weir.Abstractions.Bodies;

/// <summary>Content that passes through something on its way: all but what a kind of it changes is the source's.</summary>
public abstract class WrappedBody : BodyReader
{
    /// <summary>Wraps a source, which nobody else reads from now on.</summary>
    protected WrappedBody(BodyReader source) => Source = source;

    /// <inheritdoc/>
    public override BodyLength Length => Source.Length;

    /// <inheritdoc/>
    public override HeaderFields? Trailers => Source.Trailers;

    /// <summary>What is wrapped.</summary>
    protected BodyReader Source { get; }

    /// <inheritdoc/>
    public override void Cancel() => Source.Cancel();
}
