// Hot: asked for each request that passes the stack.
using Weir.Abstractions.Exchanges;
using Weir.Expressions;
using Weir.Modules.Limiting;

namespace Weir.Modules.Challenge;

/// <summary>Who is suspicious, and how much. Immutable but for the rate's buckets, which are atomic; any loop.</summary>
internal sealed class Suspicion
{
    private const long NsPerMs = 1_000_000;

    private readonly ulong _tag;

    /// <param name="tag">The bit by which `filter` says so.</param>
    public Suspicion(ulong tag) => _tag = tag;

    public bool IsForAll { get; init; }

    /// <summary>Whom it is about; null: nobody by that.</summary>
    public Condition? When { get; init; }

    /// <summary>Whom it is never about.</summary>
    public Condition? ExemptWhen { get; init; }

    public IpPrefix[] Exempt { get; init; } = [];

    /// <summary>What each client may send without being suspicious; null: as much as it likes.</summary>
    public TokenBuckets? Rate { get; init; }

    public RequestKey? Key { get; init; }

    public (Condition When, int Points)[] Signs { get; init; } = [];

    public int Threshold { get; init; }

    /// <summary>The difficulty for everyone.</summary>
    public int Bits { get; init; }

    /// <summary>Harder ones, by the score from which on they hold, in rising order.</summary>
    public (int Score, int Bits)[] Levels { get; init; } = [];

    /// <summary>How hard the puzzle is that a client must have solved; 0: it is not suspicious.</summary>
    /// <param name="exchange">The exchange.</param>
    /// <param name="why">For the log and the trace.</param>
    public int Judge(Exchange exchange, out string why)
    {
        why = "";
        if ((Exempt.Length > 0 && IpPrefix.AnyContains(Exempt, exchange.ClientAddress)) || ExemptWhen?.Holds(exchange) == true)
        {
            return 0;
        }

        int score = 0;
        foreach ((Condition when, int points) in Signs)
        {
            score += when.Holds(exchange) ? points : 0;
        }

        // The rate is asked first: it counts, whatever else is found.
        string? reason = IsAboveRate(exchange) ? "its rate"
            : (exchange.Tags & _tag) != 0 ? "a rule of filter"
            : When?.Holds(exchange) == true ? "when"
            : Signs.Length > 0 && score >= Threshold ? "its score"
            : IsForAll ? "always"
            : null;
        if (reason is null)
        {
            return 0;
        }

        why = reason;
        int bits = Bits;
        foreach ((int from, int harder) in Levels)
        {
            bits = score >= from ? harder : bits;
        }

        return bits;
    }

    private bool IsAboveRate(Exchange exchange)
    {
        if (Rate is null)
        {
            return false;
        }

        ulong key = Key!.Of(exchange);
        long nowNs = exchange.Loop.NowMs * NsPerMs;
        return !(exchange.IsHypothetical ? Rate.Peek(key, nowNs) : Rate.Spend(key, nowNs)).IsAllowed;
    }
}
