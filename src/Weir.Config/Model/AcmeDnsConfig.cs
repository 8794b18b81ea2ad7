using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>Proof by DNS records.</summary>
public sealed record AcmeDnsConfig
{
    [Option("The program that sets the record and removes it: it is run with `present NAME VALUE` and `cleanup NAME VALUE`, and ends when the "
        + "record can be seen.", IsRequired = true)]
    [Syntax(Syntax.File)]
    public string Exec { get; init; } = "";

    [Option("How long one run of the program may take.", Min = "1s", Max = "1h")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Where it is written.</summary>
    public Position Position { get; init; } = Position.None;
}
