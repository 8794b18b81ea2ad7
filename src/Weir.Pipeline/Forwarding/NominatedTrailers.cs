using Weir.Abstractions.Bodies;
using Weir.Abstractions.Heads;
using Weir.Http.Semantics;

namespace Weir.Pipeline.Forwarding;

/// <summary>
/// Content of a message whose Connection nominates fields: they do not come behind it either (RFC 9110 section 7.6.1). Made only for such
/// messages, and only where trailers can come.
/// </summary>
internal sealed class NominatedTrailers : WrappedBody
{
    private readonly byte[][] _names;

    private NominatedTrailers(BodyReader source, byte[][] names)
        : base(source) => _names = names;

    /// <inheritdoc/>
    public override HeaderFields? Trailers
    {
        get
        {
            HeaderFields? trailers = Source.Trailers;
            if (trailers is not null)
            {
                foreach (byte[] name in _names)
                {
                    trailers.Remove(name);
                }
            }

            return trailers;
        }
    }

    /// <summary>The content as it is, or without the trailers that are nominated. To be asked before Connection is removed.</summary>
    public static BodyReader Of(HeaderFields head, BodyReader content)
    {
        // Trailers come behind chunks alone: HTTP/2 has no Connection.
        bool mayCome = head.Has(KnownField.Connection) && !content.Length.IsNone && !content.Length.IsKnown;
        return mayCome && HopByHop.NominatedNames(head) is { } names ? new NominatedTrailers(content, names) : content;
    }

    /// <inheritdoc/>
    public override ValueTask<BodyRead> ReadAsync() => Source.ReadAsync();
}
