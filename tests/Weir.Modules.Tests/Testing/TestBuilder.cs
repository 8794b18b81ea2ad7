using System.Security.Cryptography;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Tests.Testing;

/// <summary>Collects what a factory reports.</summary>
internal sealed class TestBuilder : ModuleBuilder
{
    private readonly Dictionary<string, object> _shared = [];
    private int _slots;

    public TestBuilder(string? routePath = null, string folder = "/nowhere")
    {
        RoutePath = routePath;
        Folder = folder;
    }

    public override string? RoutePath { get; }

    public string Folder { get; }

    public FakePathRules Rules { get; } = new();

    public override IPathRules PathRules => Rules;

    public HeardLog Heard { get; } = new();

    public override ModuleLog Log => Heard;

    /// <summary>What the data directory keeps; the same for all builders of a test that have it.</summary>
    public byte[] Kept { get; init; } = RandomNumberGenerator.GetBytes(32);

    /// <summary>Each as "option: cause remedy".</summary>
    public List<string> Errors { get; } = [];

    public List<string> Warnings { get; } = [];

    public override void Error(string option, string cause, string remedy)
    {
        cause.ShouldNotBeEmpty();
        remedy.ShouldNotBeEmpty();
        Errors.Add($"{option}: {cause} {remedy}");
    }

    public override void Warning(string option, string cause, string remedy) => Warnings.Add($"{option}: {cause} {remedy}");

    public override int ReserveSlot() => _slots++;

    /// <summary>The same for every module of this builder, as in a process.</summary>
    public override byte[] Secret(string name) => Kept;

    public override T Share<T>(string key, Func<T> make)
    {
        if (!_shared.TryGetValue(key, out object? shared))
        {
            _shared[key] = shared = make();
        }

        return (T)shared;
    }

    /// <summary>What a counter with such a label counted.</summary>
    public long Counted(string metric, string label) =>
        _shared.Values.OfType<ModuleCounter>().Single(counter => counter.Metric == metric
            && counter.Labels.Any(each => each.Value == label)).Value;

    public override string ResolvePath(string path) => Path.Combine(Folder, path);

    /// <summary>Makes a module of options without mistakes.</summary>
    public IModule Make<TOptions>(ModuleFactory<TOptions> factory, TOptions options)
        where TOptions : class, new()
    {
        IModule? module = factory.Create((object)options, this);
        Errors.ShouldBeEmpty();
        return module.ShouldNotBeNull();
    }

    /// <summary>The only error that options with a mistake give.</summary>
    public static string ErrorOf<TOptions>(ModuleFactory<TOptions> factory, TOptions options, string? routePath = null)
        where TOptions : class, new()
    {
        TestBuilder builder = new(routePath);
        factory.Create((object)options, builder).ShouldBeNull();
        return builder.Errors.ShouldHaveSingleItem();
    }
}
