using Weir.Modules.Remembering;
using Weir.Modules.Tokens;

namespace Weir.Modules.Challenge;

/// <summary>A bot that signs its requests, and what its signatures must be like. Immutable but for its keys.</summary>
internal sealed class SignedBot
{
    public required string Name { get; init; }

    public required KeySource Keys { get; init; }

    public required SignatureAlgorithm[] Algorithms { get; init; }

    public required string Tag { get; init; }

    /// <summary>What Signature-Agent must say; null: it is not looked at.</summary>
    public required string? Agent { get; init; }

    /// <summary>What must be signed at least.</summary>
    public required IReadOnlyList<string> Covers { get; init; }

    public required long MaxAgeSeconds { get; init; }

    public required long LeewaySeconds { get; init; }

    /// <summary>Whether a signature is good once.</summary>
    public required bool IsOnce { get; init; }

    /// <summary>Its signatures that were good once: of each bot apart, so that one that sends many ends no other's earlier.</summary>
    public required SpentIds Spent { get; init; }
}
