using Weir.Abstractions.Bodies;
using Weir.Abstractions.Heads;

namespace Weir.Modules.Headers;

/// <summary>
/// Content behind which no field comes that the module takes away from the head or sets there: whoever merged trailers into the head would
/// believe it. Made only where trailers can come.
/// </summary>
internal sealed class OperatedTrailers : WrappedBody
{
    private readonly FieldOperations _operations;
    private bool _isDone;

    private OperatedTrailers(BodyReader source, FieldOperations operations)
        : base(source) => _operations = operations;

    /// <inheritdoc/>
    public override HeaderFields? Trailers
    {
        get
        {
            HeaderFields? trailers = Source.Trailers;
            if (trailers is not null && !_isDone)
            {
                _isDone = true;
                _operations.ApplyToTrailers(trailers);
            }

            return trailers;
        }
    }

    /// <summary>The content as it is, or with the operations on what comes behind it.</summary>
    public static BodyReader Of(BodyReader content, HttpVersion version, FieldOperations operations)
    {
        // In HTTP/1 only what comes in chunks has trailers.
        if (operations.IsEmpty || content.Length.IsNone || (version != HttpVersion.Http2 && content.Length.IsKnown))
        {
            return content;
        }

        if (content is not BufferedBody { IsWhole: true })
        {
            return new OperatedTrailers(content, operations);
        }

        // Whole content can be sent a second time, so it stays what it is.
        if (content.Trailers is { } trailers)
        {
            operations.ApplyToTrailers(trailers);
        }

        return content;
    }

    /// <inheritdoc/>
    public override ValueTask<BodyRead> ReadAsync() => Source.ReadAsync();
}
