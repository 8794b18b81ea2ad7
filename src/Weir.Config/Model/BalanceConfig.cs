using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>How a server is picked.</summary>
[OptionRule(OptionRule.AtMostOne, "policy", "hash")]
[OptionRule(OptionRule.AtLeastOne, "policy", "hash")]
public sealed record BalanceConfig
{
    [Option("The policy.", IsShorthand = true)]
    public BalancePolicy Policy { get; init; } = BalancePolicy.P2c;

    [Option("Consistent hashing by client_ip, uri, header.NAME or cookie.NAME instead.", Default = "none", Example = "cookie.user")]
    [Syntax(Syntax.HashKey)]
    public string? Hash { get; init; }

    /// <summary>Where it is written.</summary>
    public Position Position { get; init; } = Position.None;
}
