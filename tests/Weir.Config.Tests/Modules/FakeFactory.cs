using Weir.Abstractions.Modules;

namespace Weir.Config.Tests.Modules;

/// <summary>A factory that is never asked for a module.</summary>
internal sealed class FakeFactory<TOptions>(string name, string summary) : ModuleFactory<TOptions>
    where TOptions : class, new()
{
    public override string Name => name;

    public override string Summary => summary;

    protected override IModule? Create(TOptions options, ModuleBuilder builder) => null;
}
