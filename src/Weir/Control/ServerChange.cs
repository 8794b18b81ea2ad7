using Weir.Pipeline.Balancing;

namespace Weir.Control;

/// <summary>What became of the wish to set a server's state.</summary>
public sealed record ServerChange
{
    /// <summary>Whether there is such a server, so that it now is in the state.</summary>
    public bool IsDone { get; init; }

    /// <summary>The upstream's name.</summary>
    public required string Upstream { get; init; }

    /// <summary>The server's name.</summary>
    public required string Server { get; init; }

    /// <summary>The state before.</summary>
    public AdminState Was { get; init; }

    /// <summary>The state now.</summary>
    public AdminState State { get; init; }

    /// <summary>Why there is no such server, or what is wrong although it is done; empty when all is well.</summary>
    public string Problem { get; init; } = "";

    /// <summary>The names that were probably meant, as UPSTREAM/SERVER, nearest first.</summary>
    public IReadOnlyList<string> Nearest { get; init; } = [];
}
