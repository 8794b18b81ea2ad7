using Weir.Abstractions.Options;

namespace Weir.Modules.Cors;

/// <summary>Options of `cors`.</summary>
public sealed record CorsOptions
{
    [Option("The origins: exact, with * for labels in front, \"null\", or \"*\" for all.", IsRequired = true, Example = "[\"https://app.example.com\"]")]
    public IReadOnlyList<string> Origins { get; init; } = [];

    [Option("The methods beside those that need no permission.")]
    public IReadOnlyList<string> Methods { get; init; } = ["GET", "HEAD", "POST"];

    [Option("The request fields that scripts may set; \"*\": whatever they ask for.", Example = "[Content-Type, X-Requested-With]")]
    public IReadOnlyList<string> Headers { get; init; } = [];

    [Option("The response fields that scripts may read.", Example = "[X-Request-Id]")]
    public IReadOnlyList<string> Expose { get; init; } = [];

    [Option("Whether cookies and logins may go along.")]
    public bool Credentials { get; init; }

    [Option("How long browsers may remember the answer to a preflight.", Max = "1d")]
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromMinutes(10);

    [Option("Whether public pages may reach this site in a private network.")]
    public bool PrivateNetwork { get; init; }
}
