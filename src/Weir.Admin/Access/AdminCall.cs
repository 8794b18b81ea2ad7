using System.Net;

namespace Weir.Admin.Access;

/// <summary>What of a request decides whether it may be answered.</summary>
internal readonly record struct AdminCall
{
    /// <summary>The method.</summary>
    public required string Method { get; init; }

    /// <summary>The path, decoded.</summary>
    public required string Path { get; init; }

    /// <summary>The Host field, or the authority of the target.</summary>
    public required string Host { get; init; }

    /// <summary>The Origin field; null when there is none.</summary>
    public string? Origin { get; init; }

    /// <summary>The Sec-Fetch-Site field; null when there is none.</summary>
    public string? FetchSite { get; init; }

    /// <summary>The Authorization field; null when there is none.</summary>
    public string? Authorization { get; init; }

    /// <summary>Whether a proxy says that it asks for somebody else.</summary>
    public bool IsForwarded { get; init; }

    /// <summary>Whether it came over the unix socket, which only its owner can open.</summary>
    public bool IsOverSocket { get; init; }

    /// <summary>Whose connection it is; null over the unix socket.</summary>
    public IPAddress? Remote { get; init; }

    /// <summary>The address that the client connected to; null over the unix socket.</summary>
    public IPAddress? Local { get; init; }
}
