using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>The admin interface.</summary>
public sealed record AdminConfig : ICanBeOff
{
    [Option("The unix socket that the command line uses; its mode is 0600 and it needs no token.",
        Default = "/run/weir/admin.sock for root, else admin.sock in the data directory")]
    [Syntax(Syntax.File)]
    public string? Socket { get; init; }

    [Option("Where the API and /metrics are served over TCP; port 0 takes a free one.", Default = "127.0.0.1:9900, where no other Weir has it")]
    public ListenAddress? Listen { get; init; }

    [Option("Names by which the admin is reached, beside localhost and its own addresses; any other Host is refused.", Example = "[admin.internal]")]
    [Syntax(Syntax.Name)]
    public IReadOnlyList<string> Names { get; init; } = [];

    [Option("The file that holds the token: needed for every change over TCP, and for reads when not on loopback.",
        Default = "none: changes over the socket only", IsSecretFile = true)]
    [Syntax(Syntax.File)]
    public string? TokenFile { get; init; }

    /// <summary>Whether `admin: off` was written.</summary>
    public bool IsOff { get; init; }

    /// <summary>Where it is written.</summary>
    public Position Position { get; init; } = Position.None;
}
