using Weir.Abstractions.Modules;

namespace Weir.Pipeline.Stacks;

/// <summary>A module and the name a user wrote for it.</summary>
/// <param name="Name">The name in the configuration.</param>
/// <param name="Module">The module.</param>
public sealed record NamedModule(string Name, IModule Module);
