using Weir.Config.Yaml;

namespace Weir.Config.Model;

/// <summary>A module in a stack, with its options.</summary>
public sealed record StackEntry
{
    /// <summary>The module's name (while reading, a named stack's too).</summary>
    public string Name { get; init; } = "";

    /// <summary>The options: a record of the type that the module's factory names. Null only while reading.</summary>
    public object? Options { get; init; }

    /// <summary>The named stack that brought it here, or null where it is written in place.</summary>
    public string? FromStack { get; init; }

    /// <summary>Whether the file says that a dangerous place in the stack is meant.</summary>
    public bool AcknowledgesOrder { get; init; }

    /// <summary>Where the module is written.</summary>
    public Position Position { get; init; } = Position.None;

    /// <summary>The options as they stand in the file; null for a bare word.</summary>
    internal Node? Node { get; init; }
}
