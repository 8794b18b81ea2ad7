using Weir.Config.Model;

namespace Weir.Config.Yaml;

/// <summary>A piece of YAML and its place.</summary>
internal abstract record Node(Position Position)
{
    /// <summary>What it is, for messages: "a map".</summary>
    internal abstract string Kind { get; }
}
