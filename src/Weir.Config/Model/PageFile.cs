using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>The page of one status.</summary>
public sealed record PageFile : INamed
{
    /// <summary>The status, "400" to "599".</summary>
    public string Name { get; init; } = "";

    [Option("The file, relative to this configuration file.", IsShorthand = true, IsRequired = true)]
    [Syntax(Syntax.File)]
    public string File { get; init; } = "";

    /// <summary>Where it is written.</summary>
    public Position Position { get; init; } = Position.None;
}
