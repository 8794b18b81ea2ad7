using Weir.Abstractions.Tracing;

namespace Weir.Explaining;

/// <summary>What would happen to a request.</summary>
public sealed record Explanation
{
    /// <summary>How it would end.</summary>
    public required Outcome Outcome { get; init; }

    /// <summary>What each step would read, decide and change, in order.</summary>
    public required IReadOnlyList<TraceStep> Steps { get; init; }

    /// <summary>The status that the client would get; 0 where the origin says.</summary>
    public int Status { get; init; }

    /// <summary>Why the head would be refused, or which error Weir would answer; else null.</summary>
    public string? Error { get; init; }

    /// <summary>The site's key.</summary>
    public string? Site { get; init; }

    /// <summary>The route's path, or its number.</summary>
    public string? Route { get; init; }

    /// <summary>The upstream's name.</summary>
    public string? Upstream { get; init; }

    /// <summary>The module that would answer.</summary>
    public string? AnsweredBy { get; init; }

    /// <summary>The head that the origin would get, a line each; empty where none would.</summary>
    public IReadOnlyList<string> OriginHead { get; init; } = [];

    /// <summary>The head that the client would get, a line each; empty where the origin says, or the connection is closed.</summary>
    public IReadOnlyList<string> AnswerHead { get; init; } = [];

    /// <summary>The beginning of the content that the client would get.</summary>
    public string AnswerBody { get; init; } = "";
}
