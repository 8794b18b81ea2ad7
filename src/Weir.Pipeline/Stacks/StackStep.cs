namespace Weir.Pipeline.Stacks;

/// <summary>A module at its place in a stack, for one moment.</summary>
/// <param name="Module">The module, as the moment's interface.</param>
/// <param name="Position">Its place in the list, from 0.</param>
/// <param name="Name">Its name in the configuration.</param>
internal readonly record struct StackStep<TModule>(TModule Module, int Position, string Name);
