using Weir.Abstractions.Options;

namespace Weir.Modules.AuthForward;

/// <summary>Options of `auth_forward`.</summary>
public sealed record AuthForwardOptions
{
    [Option("The upstream of the service that is asked.", IsShorthand = true, IsRequired = true, Example = "login")]
    public string To { get; init; } = "";

    [Option("The path that it is asked at, with a query where it wants one.")]
    public string Path { get; init; } = "/";

    [Option("Fields of the service's 2xx that are copied to the request; what a client sends under those names never gets through.",
        Example = "[X-User, X-Groups]")]
    public IReadOnlyList<string> Copy { get; init; } = [];

    [Option("Fields of the client's request that the service is told, beside X-Forwarded-Method, -Proto, -Host and -Uri, and X-Original-Uri, which say what was asked.",
        Example = "[Cookie, Authorization]")]
    public IReadOnlyList<string> Send { get; init; } = ["Authorization", "Cookie", "Accept", "User-Agent"];

    [Option("How long the service may take.", Min = "10ms", Max = "1m")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    [Option("What becomes of requests while the service cannot be asked, or fails: refuse (503), or allow.")]
    public FailureMode OnFailure { get; init; } = FailureMode.Refuse;
}
