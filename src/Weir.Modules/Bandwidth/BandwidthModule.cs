// Hot: asked for each exchange that passes the stack.
using System.Globalization;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;
using Weir.Modules.Limiting;

namespace Weir.Modules.Bandwidth;

/// <summary>Lets content flow no faster than its key may have it.</summary>
internal sealed class BandwidthModule : IBodyModule
{
    private const string Name = "bandwidth";

    private readonly RequestKey _key;
    private readonly OctetRate? _requests;
    private readonly OctetRate? _responses;
    private readonly long _after;
    private readonly PacePool _paces = new();

    /// <param name="key">Whose exchanges share a rate.</param>
    /// <param name="requests">The rate of requests' content; null: there is none.</param>
    /// <param name="responses">The rate of responses' content; null: there is none.</param>
    /// <param name="after">Octets of each that do not count.</param>
    public BandwidthModule(RequestKey key, OctetRate? requests, OctetRate? responses, long after)
    {
        _key = key;
        _requests = requests;
        _responses = responses;
        _after = after;
    }

    /// <inheritdoc/>
    public BodyFilter? OpenRequestFilter(Exchange exchange) => Open(exchange, _requests, exchange.RequestBody, "request");

    /// <inheritdoc/>
    public BodyFilter? OpenResponseFilter(Exchange exchange) => Open(exchange, _responses, exchange.ResponseBody, "response");

    private Pace? Open(Exchange exchange, OctetRate? rate, BodyReader body, string direction)
    {
        if (rate is null || body.Length.IsNone || (body.Length.IsKnown && body.Length.Octets <= _after))
        {
            return null;
        }

        exchange.Trace?.Add(
            Name, string.Create(CultureInfo.InvariantCulture, $"{direction}: paced after {_after} octets, {rate.PieceOctets} at a time"));
        Pace pace = _paces.Rent(exchange.Loop);
        pace.Begin(rate, _key.Of(exchange), _after);
        return pace;
    }
}
