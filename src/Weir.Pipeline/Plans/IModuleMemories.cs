using Weir.Abstractions.Modules;

namespace Weir.Pipeline.Plans;

/// <summary>What modules remember beyond a reload and a restart.</summary>
public interface IModuleMemories
{
    /// <summary>The memory of a module: always the same object for the same place.</summary>
    /// <param name="stack">The stack it stands in.</param>
    /// <param name="module">Its name.</param>
    /// <param name="number">Which of that name in that stack it is, from 1.</param>
    ModuleMemory Of(string stack, string module, int number);
}
