using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Modules.Cloak;

/// <summary>A response's content, whose trailer fields tell as little as its head. Made only for clients that take trailers.</summary>
internal sealed class CloakedTrailers : WrappedBody
{
    private readonly CloakModule _module;
    private readonly Exchange _exchange;
    private bool _isHidden;

    public CloakedTrailers(CloakModule module, Exchange exchange, BodyReader source)
        : base(source)
    {
        _module = module;
        _exchange = exchange;
    }

    /// <inheritdoc/>
    public override HeaderFields? Trailers
    {
        get
        {
            HeaderFields? trailers = Source.Trailers;
            if (trailers is not null && !_isHidden)
            {
                _isHidden = true;
                _module.Hide(_exchange, trailers);
            }

            return trailers;
        }
    }

    /// <inheritdoc/>
    public override ValueTask<BodyRead> ReadAsync() => Source.ReadAsync();
}
