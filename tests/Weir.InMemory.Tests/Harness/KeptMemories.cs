using Weir.Abstractions.Modules;
using Weir.Pipeline.Plans;

namespace Weir.InMemory.Tests.Harness;

/// <summary>What modules remember, for as long as the test keeps it.</summary>
internal sealed class KeptMemories : IModuleMemories
{
    private readonly Dictionary<(string Stack, string Module, int Number), ModuleMemory> _memories = [];

    public IEnumerable<string> Texts => _memories.Values.Select(memory => memory.Text);

    public ModuleMemory Of(string stack, string module, int number)
    {
        if (!_memories.TryGetValue((stack, module, number), out ModuleMemory? memory))
        {
            _memories[(stack, module, number)] = memory = new ModuleMemory();
        }

        return memory;
    }
}
