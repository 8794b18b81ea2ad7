using Weir.Abstractions.Modules;

namespace Weir.Bench.Modules;

/// <summary>Makes modules outside of a plan; a mistake ends the program.</summary>
internal sealed class BenchBuilder : ModuleBuilder
{
    public override string? RoutePath => null;

    public override IPathRules PathRules => throw new NotSupportedException();

    public static IRequestModule Make(IModuleFactory factory, object options) =>
        (IRequestModule)factory.Create(options, new BenchBuilder())!;

    public override void Error(string option, string cause, string remedy) => throw new ArgumentException($"{option}: {cause}");

    public override void Warning(string option, string cause, string remedy) => throw new ArgumentException($"{option}: {cause}");

    public override int ReserveSlot() => 0;

    public override string ResolvePath(string path) => Path.GetFullPath(path);
}
