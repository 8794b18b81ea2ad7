namespace Weir.Modules.Concurrency;

/// <summary>The numbers of a limit: a reload may change them while what is in flight stays counted. Immutable.</summary>
internal sealed record Bounds
{
    /// <summary>Exchanges of one key in flight; 0: they are not counted by key.</summary>
    public int OfKey { get; init; }

    /// <summary>Exchanges in flight in all; 0: they are not counted in all, or the limit is learnt.</summary>
    public int OfAll { get; init; }

    /// <summary>Between which the limit of all is learnt; null: it is not.</summary>
    public AdaptiveOptions? Learnt { get; init; }

    /// <summary>Requests of one key that may wait.</summary>
    public required int Queue { get; init; }

    /// <summary>Requests that may wait in all.</summary>
    public required int QueueOfAll { get; init; }

    /// <summary>How long one waits.</summary>
    public required int WaitMs { get; init; }
}
