// Hot: one pick for every try. See bench/Weir.Bench.Balancing.
using Weir.Abstractions.Exchanges;

namespace Weir.Pipeline.Balancing;

/// <summary>
/// hash: requests with the same key go to the same server, as long as it is well and not loaded above its bound: a quarter more than its
/// share of what this loop has in flight. Then the key's next server takes the request. Without a key: p2c.
/// </summary>
public sealed class HashBalancer : IBalancer
{
    // A quarter above the mean: a hot key spills over before it drowns its server, and few other keys lose their place.
    private const double BoundFactor = 1.25;

    // Below this the shares are noise: two requests at once must not part a client from its server.
    private const int FreeLoad = 8;

    private readonly HashKey _key;
    private readonly PowerOfTwoBalancer _keyless = new();

    /// <summary>By client_ip, uri, header.NAME or cookie.NAME.</summary>
    public HashBalancer(string key)
    {
        _key = new HashKey(key);
        Name = "hash by " + key;
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public object? Prepare(IReadOnlyList<ServerState> servers) => new HashSlots(servers);

    /// <summary>Whether a request has what is hashed.</summary>
    public bool HasKey(Exchange exchange) => _key.TryRead(exchange, out _);

    /// <inheritdoc/>
    public ServerState? Pick(Candidates candidates, Exchange exchange, in TriedServers tried)
    {
        if (!_key.TryRead(exchange, out ulong hash))
        {
            return _keyless.Pick(candidates, exchange, tried);
        }

        HashSlots slots = (HashSlots)candidates.Prepared!;
        int slot = HashSlots.SlotOf(hash);
        if (candidates.Tier == CandidateTier.Primaries && slots.HasOwners)
        {
            int owner = candidates.PositionOf(slots.OwnerOf(slot));
            if (owner >= 0 && candidates.Allows(owner, tried) && !candidates.IsSparedAt(owner) && !IsOverBound(candidates, owner))
            {
                return candidates.ServerAt(owner);
            }
        }

        int next = FindNext(candidates, slots, slot, tried, obeysBound: true);
        next = next >= 0 ? next : FindNext(candidates, slots, slot, tried, obeysBound: false);
        return next < 0 ? null : candidates.ServerAt(next);
    }

    // Weights as they are now: a server that is spared owns fewer slots, and no slot of another moves.
    private static int FindNext(Candidates candidates, HashSlots slots, int slot, in TriedServers tried, bool obeysBound)
    {
        int next = -1;
        double lowest = double.MaxValue;
        for (int i = 0; i < candidates.Count; i++)
        {
            double weighed = HashSlots.Weighed(slots.LotOf(slot, candidates.HomeOf(i)), candidates.WeightAt(i));
            if (weighed < lowest && candidates.Allows(i, tried) && !(obeysBound && IsOverBound(candidates, i)))
            {
                lowest = weighed;
                next = i;
            }
        }

        return next;
    }

    private static bool IsOverBound(Candidates candidates, int position)
    {
        int load = candidates.LoadAt(position);
        if (load < FreeLoad)
        {
            return false;
        }

        double share = (double)candidates.WeightAt(position) / candidates.TotalWeight;
        return load + 1 > Math.Ceiling(BoundFactor * (candidates.TotalLoad() + 1) * share);
    }
}
