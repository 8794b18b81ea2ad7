namespace Weir.Abstractions.Modules;

/// <summary>
/// Something that a user can write in a stack. A module implements the moments that it cares about; the others cost nothing. One object
/// serves all loops at once: what belongs to one exchange goes into a slot (<see cref="ModuleBuilder.ReserveSlot"/>). A reload carries a
/// module over as the same object when its stack, its options and its files are unchanged. One that watches or holds something implements
/// <see cref="IDisposable"/>: it is disposed once it left the configuration, while exchanges that began before may still call it.
/// </summary>
public interface IModule
{
}
