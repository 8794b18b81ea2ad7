using Weir.Abstractions.Exchanges;
using Weir.Modules.Limiting;
using Weir.Modules.Remembering;

namespace Weir.Modules.Challenge;

/// <summary>Lets visitors without JavaScript pass who keep a cookie and wait: not many from one network, and not for long.</summary>
internal sealed class NoScript
{
    private const long NsPerMs = 1_000_000;

    private readonly TokenBuckets _buckets;
    private readonly SpentIds _spent;
    private readonly ulong _key0;
    private readonly ulong _key1;
    private readonly long _waitSeconds;

    /// <param name="buckets">What networks have left.</param>
    /// <param name="spent">Waits that have brought a pass.</param>
    /// <param name="secret">Where networks lie in the table: nobody may know.</param>
    /// <param name="waitSeconds">How long is waited.</param>
    public NoScript(TokenBuckets buckets, SpentIds spent, (ulong Key0, ulong Key1) secret, long waitSeconds)
    {
        _buckets = buckets;
        _spent = spent;
        (_key0, _key1) = secret;
        _waitSeconds = waitSeconds;
    }

    /// <summary>Whether a wait is over.</summary>
    public bool IsOver(Exchange exchange, Stamp wait) => (exchange.Loop.UnixMs / 1000) - wait.IssuedAt >= _waitSeconds;

    /// <summary>Spends a wait that is over; false when it was before, or when too many of the network have passed.</summary>
    public bool TryPass(Exchange exchange, Stamp wait, long endSeconds)
    {
        Span<byte> octets = stackalloc byte[16];
        ClientBinding.NetworkOf(exchange.ClientAddress).Address.WriteOctets(octets);
        ulong key = SipHash.Of(octets, _key0, _key1);
        return _buckets.Spend(key == 0 ? 1 : key, exchange.Loop.NowMs * NsPerMs).IsAllowed
            && _spent.TrySpend(wait.Id, exchange.Loop.UnixMs / 1000, endSeconds);
    }
}
