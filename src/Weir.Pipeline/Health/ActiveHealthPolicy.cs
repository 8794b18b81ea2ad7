using Weir.Config.Model;

namespace Weir.Pipeline.Health;

/// <summary>How servers are asked whether they are well. Immutable; equal policies ask alike.</summary>
public sealed record ActiveHealthPolicy
{
    /// <summary>Whether a connection that is accepted is all that is asked for.</summary>
    public bool IsTcp { get; init; }

    /// <summary>Whether the question is that of gRPC's health checking protocol.</summary>
    public bool IsGrpc { get; init; }

    /// <summary>The service whose health gRPC is asked for; empty: the server's as a whole.</summary>
    public string Service { get; init; } = "";

    /// <summary>The method.</summary>
    public string Method { get; init; } = "GET";

    /// <summary>The path, a query included.</summary>
    public string Path { get; init; } = "/";

    /// <summary>Host, as HOST or HOST:PORT; null: the server's name.</summary>
    public string? Host { get; init; }

    /// <summary>The port that is asked; null: the server's own.</summary>
    public int? Port { get; init; }

    /// <summary>The time between two questions, on average.</summary>
    public int IntervalMs { get; init; } = 2_000;

    /// <summary>How long a question may take in all.</summary>
    public int TimeoutMs { get; init; } = 1_000;

    /// <summary>Good answers in a row that make a failing server healthy.</summary>
    public int Rise { get; init; } = 2;

    /// <summary>Bad answers in a row that make it fail.</summary>
    public int Fall { get; init; } = 3;

    /// <summary>The good statuses.</summary>
    public IReadOnlyList<StatusRange> Statuses { get; init; } = [new StatusRange(200, 399)];

    /// <summary>What the body holds; null: anything.</summary>
    public BodyExpectation? Body { get; init; }

    /// <summary>The PROXY header that the server expects: 0 none, 1 or 2.</summary>
    public int ProxyProtocolVersion { get; init; }

    /// <summary>Whether the status is a good one.</summary>
    public bool Accepts(int status)
    {
        foreach (StatusRange range in Statuses)
        {
            if (range.Contains(status))
            {
                return true;
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public bool Equals(ActiveHealthPolicy? other) =>
        other is not null && Key == other.Key && Statuses.SequenceEqual(other.Statuses) && Equals(Body, other.Body);

    /// <inheritdoc/>
    public override int GetHashCode() => Key.GetHashCode();

    private ((bool, bool, string), string, string, string?, int?, (int, int), (int, int), int) Key =>
        ((IsTcp, IsGrpc, Service), Method, Path, Host, Port, (IntervalMs, TimeoutMs), (Rise, Fall), ProxyProtocolVersion);
}
