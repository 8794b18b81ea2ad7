namespace Weir.Pipeline.Health;

/// <summary>What one check found.</summary>
/// <param name="IsGood">Whether the server is well.</param>
/// <param name="Reason">Why, for a person: "connection refused".</param>
public readonly record struct CheckVerdict(bool IsGood, string Reason)
{
    /// <summary>The server is well.</summary>
    public static CheckVerdict Good(string reason) => new(true, reason);

    /// <summary>It is not.</summary>
    public static CheckVerdict Bad(string reason) => new(false, reason);
}
