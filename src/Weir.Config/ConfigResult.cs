using Weir.Abstractions.Options;
using Weir.Config.Model;

namespace Weir.Config;

/// <summary>What reading a configuration gave.</summary>
/// <param name="Config">The configuration, or null where there is an error.</param>
/// <param name="Errors">Every error and warning, by file, line and column.</param>
public sealed record ConfigResult(WeirConfig? Config, IReadOnlyList<ConfigError> Errors)
{
    /// <summary>Whether there is a configuration to run; warnings do not hinder.</summary>
    public bool IsUsable => Config is not null;
}
