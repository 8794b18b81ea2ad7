using Weir.Abstractions.Exchanges;

namespace Weir.Pipeline.Forwarding;

/// <summary>The tunnels of one loop, whichever configuration they began under. Used on that loop only.</summary>
internal sealed class OpenTunnels
{
    private Tunnel? _first;

    public void Add(Tunnel tunnel)
    {
        tunnel.Next = _first;
        if (_first is not null)
        {
            _first.Previous = tunnel;
        }

        _first = tunnel;
    }

    public void Remove(Tunnel tunnel)
    {
        if (tunnel.Previous is { } previous)
        {
            previous.Next = tunnel.Next;
        }
        else
        {
            _first = tunnel.Next;
        }

        if (tunnel.Next is { } next)
        {
            next.Previous = tunnel.Previous;
        }

        tunnel.Previous = null;
        tunnel.Next = null;
    }

    /// <summary>Tells those of a site, or of one of its routes, to come to their end.</summary>
    public void Drain(string site, string? route, Predicate<Exchange> which)
    {
        for (Tunnel? tunnel = _first; tunnel is not null;)
        {
            // Being told may end it.
            Tunnel? next = tunnel.Next;
            Exchange exchange = tunnel.Exchange;
            if (exchange.SiteName == site && (route is null || exchange.RouteName == route) && which(exchange))
            {
                tunnel.OnDrain();
            }

            tunnel = next;
        }
    }
}
