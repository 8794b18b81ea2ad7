using Weir.Abstractions.Bodies;
using Weir.Abstractions.Heads;

namespace Weir.Modules;

/// <summary>
/// Content behind which a field that a module alone may set does not come either: an origin that merges trailers into the head would
/// believe it.
/// </summary>
internal sealed class GuardedTrailers : WrappedBody
{
    private readonly OwnField _own;

    public GuardedTrailers(BodyReader source, OwnField own)
        : base(source) => _own = own;

    /// <inheritdoc/>
    public override HeaderFields? Trailers
    {
        get
        {
            HeaderFields? trailers = Source.Trailers;
            if (trailers is not null)
            {
                _own.Strip(trailers);
            }

            return trailers;
        }
    }

    /// <inheritdoc/>
    public override ValueTask<BodyRead> ReadAsync() => Source.ReadAsync();
}
