using Weir.Abstractions.Modules;

namespace Weir.InMemory.Tests.Harness;

/// <summary>Puts a test's own module into stacks, under a name.</summary>
internal sealed class Probe : ModuleFactory<Probe.NoOptions>
{
    private readonly IModule _module;

    public Probe(string name, IModule module)
    {
        Name = name;
        _module = module;
    }

    public override string Name { get; }

    public override string Summary => "A test's module.";

    protected override IModule? Create(NoOptions options, ModuleBuilder builder) => _module;

    /// <summary>A module of a test has none.</summary>
    public sealed record NoOptions;
}
