using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>The access log.</summary>
public sealed record AccessLogConfig : ICanBeOff
{
    [Option("`json`, `combined`, or a template with {names} in braces.", Example = "{client} {status} {path}")]
    [Syntax(Syntax.LogFormat)]
    public string Format { get; init; } = "json";

    [Option("`stdout`, or a file, relative to this configuration file.")]
    [Syntax(Syntax.File)]
    public string To { get; init; } = "stdout";

    /// <summary>Whether `access: off` was written.</summary>
    public bool IsOff { get; init; }

    /// <summary>Where it is written.</summary>
    public Position Position { get; init; } = Position.None;
}
