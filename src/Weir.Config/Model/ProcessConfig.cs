using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>The process.</summary>
public sealed record ProcessConfig
{
    [Option("How many loops (threads that serve) there are.", Default = "auto", Min = "1", Max = "1024")]
    public int? Loops { get; init; }

    [Option("The user to become after binding when started as root.", Default = "none")]
    [Syntax(Syntax.Text)]
    public string? User { get; init; }

    [Option("The directory for what outlives the process.", Default = "/var/lib/weir for root, else the user's state directory")]
    [Syntax(Syntax.File)]
    public string? Data { get; init; }

    [Option("The file of the keys of TLS session tickets, for several Weirs whose clients come to any of them: 80 random octets a key, "
        + "the one that seals first. It is watched.", Default = "keys of the process's own, a new one each hour", IsSecretFile = true)]
    [Syntax(Syntax.File)]
    public string? TicketKeysFile { get; init; }

    [Option("How serving ends.")]
    public DrainConfig Drain { get; init; } = new();

    /// <summary>Where it is written.</summary>
    public Position Position { get; init; } = Position.None;
}
