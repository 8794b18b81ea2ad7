using Weir.Abstractions.Errors;
using Weir.Abstractions.Heads;

namespace Weir.Abstractions.Exchanges;

/// <summary>The answer to a fetch: a head and a body that any number of readers may follow while it arrives.</summary>
public sealed class FetchResult
{
    /// <summary>A fetch that failed before a response.</summary>
    public FetchResult(ProxyError error) => Error = error;

    /// <summary>A fetch whose response's head is there.</summary>
    public FetchResult(ResponseHead head, FollowedBody body)
    {
        Head = head;
        Body = body;
    }

    /// <summary>Why there is no response.</summary>
    public ProxyError? Error { get; }

    /// <summary>What a module that refused said of the answer; null: none did, or nothing.</summary>
    public FetchRefusal? Refusal { get; init; }

    /// <summary>The response's head.</summary>
    public ResponseHead? Head { get; }

    /// <summary>The response's content.</summary>
    public FollowedBody? Body { get; }

    /// <summary>The server that answered, or was tried last; null: none was asked.</summary>
    public string? ServerName { get; init; }

    /// <summary>The upstream of that server.</summary>
    public string? UpstreamName { get; init; }

    /// <summary>The route that was taken.</summary>
    public string? RouteName { get; init; }
}
