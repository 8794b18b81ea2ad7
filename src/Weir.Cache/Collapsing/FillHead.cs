using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Cache.Collapsing;

/// <summary>What those who wait for a fill are told once its head is known. Immutable: any loop reads it.</summary>
public sealed class FillHead
{
    /// <summary>An outcome without a response.</summary>
    public FillHead(FillOutcome outcome, ProxyError? error = null)
    {
        Outcome = outcome;
        Error = error;
    }

    /// <summary>A response that others may have.</summary>
    /// <param name="response">Its head; nobody changes it any more.</param>
    /// <param name="body">Its content.</param>
    /// <param name="variant">What of the first request selected it; empty: nothing does.</param>
    /// <param name="names">The fields that tell its variants apart.</param>
    public FillHead(ResponseHead response, FollowedBody body, byte[] variant, byte[] names)
    {
        Outcome = FillOutcome.Shared;
        Response = response;
        Body = body;
        Variant = variant;
        Names = names;
    }

    /// <summary>What became of it.</summary>
    public FillOutcome Outcome { get; }

    /// <summary>Why there is no response.</summary>
    public ProxyError? Error { get; }

    /// <summary>The response's head.</summary>
    public ResponseHead? Response { get; }

    /// <summary>When the head came, in seconds since 1970; 0: nobody says.</summary>
    public long ResponseTimeSeconds { get; init; }

    /// <summary>The response's content, while it arrives.</summary>
    public FollowedBody? Body { get; }

    /// <summary>The values, in their normal form, that a request must have to get this response.</summary>
    public byte[] Variant { get; } = [];

    /// <summary>The names of the fields with these values, each with a line feed behind it.</summary>
    public byte[] Names { get; } = [];
}
