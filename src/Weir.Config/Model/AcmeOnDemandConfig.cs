using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>Certificates on the first handshake of a name.</summary>
public sealed record AcmeOnDemandConfig
{
    [Option("The URL that is asked whether a name may have a certificate, with `domain=NAME` in its query; 200 says yes.", IsRequired = true)]
    [Syntax(Syntax.HttpUrl)]
    public string Ask { get; init; } = "";

    [Option("How many names may begin to get a certificate in a time.")]
    public Rate Rate { get; init; } = new(10, TimeSpan.FromMinutes(1));

    [Option("How long the first handshake of a name waits for its certificate before it is refused.", Min = "0s", Max = "1m")]
    public TimeSpan Wait { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Where it is written.</summary>
    public Position Position { get; init; } = Position.None;
}
