// Hot: runs for each request and response that passes the stack.
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Concurrency;

/// <summary>A limit that looks at answers: it learns from the time they took, or lets go of those that become tunnels.</summary>
internal sealed class WatchingConcurrencyModule : IRequestModule, IResponseModule
{
    // An origin that answers only once it has the content is as slow as the client that sends it.
    private const long MostContentOctets = 65_536;

    private readonly ConcurrencyModule _limit;
    private readonly Turnstile _turnstile;
    private readonly int _slot;
    private readonly bool _learns;
    private readonly bool _holdsTunnels;

    public WatchingConcurrencyModule(ConcurrencyModule limit, Turnstile turnstile, int slot, bool learns, bool holdsTunnels)
    {
        _limit = limit;
        _turnstile = turnstile;
        _slot = slot;
        _learns = learns;
        _holdsTunnels = holdsTunnels;
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange) => _limit.OnRequestAsync(exchange);

    /// <inheritdoc/>
    public ValueTask OnResponseAsync(Exchange exchange)
    {
        if (exchange.Slot(_slot) is not Hold hold)
        {
            return default;
        }

        if (_learns)
        {
            Learn(exchange);
        }

        if (!_holdsTunnels && exchange.Response.Status == 101)
        {
            hold.Leave();
        }

        return default;
    }

    private void Learn(Exchange exchange)
    {
        long pickedNs = exchange.Timings.PickedNs;
        bool isDrop = exchange.Error is { } error ? error.Fault == Fault.Origin : pickedNs != 0 && exchange.Response.Status is (503 or 429);
        if (isDrop)
        {
            _turnstile.OnDrop(exchange.Loop.NowNs);
        }
        else if (pickedNs != 0 && exchange.Timings.ResponseNs > pickedNs && exchange.ReceivedOctets <= MostContentOctets)
        {
            _turnstile.OnAnswer(pickedNs, exchange.Timings.ResponseNs);
        }
    }
}
