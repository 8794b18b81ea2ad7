using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Cache.Freshness;
using Weir.Cache.Stores;

namespace Weir.Modules.Cache;

/// <summary>What an origin answered, and what became of it in the store.</summary>
internal sealed class Fetched
{
    /// <summary>Why there is no response.</summary>
    public ProxyError? Error { get; init; }

    /// <summary>Whether what is stored is good again.</summary>
    public bool IsUpdated { get; init; }

    /// <summary>Whether a part arrived that is being stored: the response is found in slices now.</summary>
    public bool IsSliced { get; init; }

    /// <summary>The response's head.</summary>
    public ResponseHead? Head { get; init; }

    /// <summary>The response's content; whoever got this object gives it up, unless it is being stored.</summary>
    public FollowedBody? Body { get; init; }

    /// <summary>Whether it is stored, or why not.</summary>
    public StoringVerdict Verdict { get; init; }

    /// <summary>What is stored, where it is.</summary>
    public NewRecord Record { get; init; }

    /// <summary>Under which key.</summary>
    public Variant Variant { get; init; }

    /// <summary>The server that answered, or was tried last.</summary>
    public string? ServerName { get; private set; }

    /// <summary>The upstream of that server.</summary>
    public string? UpstreamName { get; private set; }

    /// <summary>The route that was taken.</summary>
    public string? RouteName { get; private set; }

    /// <summary>Whether a response arrived that is to be stored.</summary>
    public bool IsToStore => Head is not null && Verdict == StoringVerdict.Stored;

    /// <summary>Whether others that ask for it now get it too, though it is not stored.</summary>
    public bool IsSharedOnce => Head is not null && Verdict == StoringVerdict.FirstUse;

    /// <summary>What a module that refused said of the answer; null: none did, or nothing.</summary>
    public FetchRefusal? Refusal { get; private set; }

    /// <summary>Whether a module below refused this client: nothing is said of what others may get.</summary>
    public bool IsRefused => Error is { Fault: Fault.Client };

    /// <summary>Takes over who answered.</summary>
    public Fetched From(FetchResult result)
    {
        ServerName = result.ServerName;
        UpstreamName = result.UpstreamName;
        RouteName = result.RouteName;
        Refusal = result.Refusal;
        return this;
    }
}
