namespace Weir.Abstractions.Modules;

/// <summary>Acts by the clock too, not only when a request comes.</summary>
public interface ITimedModule : IModule
{
    /// <summary>
    /// Called on one loop, one call at a time, while the module is part of the configuration in force. It must not block; what takes
    /// longer goes on beside (<see cref="Exchanges.LoopServices.Observe"/>).
    /// </summary>
    /// <returns>The milliseconds until it wants to be called again; it is called after a second at the latest.</returns>
    int OnTime(ModulePlace place);
}
