namespace Weir.Abstractions.Modules;

/// <summary>
/// Something that a user can write in a stack. A module implements the moments that it cares about; the others cost nothing. One
/// object serves all loops at once: what belongs to one exchange goes into a slot (<see cref="ModuleBuilder.ReserveSlot"/>).
/// </summary>
public interface IModule
{
}
