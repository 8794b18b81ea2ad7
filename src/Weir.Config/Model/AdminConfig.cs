using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>The admin interface.</summary>
public sealed record AdminConfig : ICanBeOff
{
    [Option("The unix socket that the command line uses; its mode is 0600 and it needs no token.",
        Default = "/run/weir/admin.sock for root, else beside the data directory")]
    [Syntax(Syntax.File)]
    public string? Socket { get; init; }

    [Option("Where the API, the dashboard and /metrics are served.")]
    public ListenAddress Listen { get; init; } = new(Abstractions.Exchanges.IpAddress.FromIPv4(0x7F000001), 9900, null);

    [Option("The file that holds the token: needed for every change over TCP, and for reads when not on loopback.",
        Default = "none: changes over the socket only")]
    [Syntax(Syntax.File)]
    public string? TokenFile { get; init; }

    /// <summary>Whether `admin: off` was written.</summary>
    public bool IsOff { get; init; }

    /// <summary>Where it is written.</summary>
    public Position Position { get; init; } = Position.None;
}
