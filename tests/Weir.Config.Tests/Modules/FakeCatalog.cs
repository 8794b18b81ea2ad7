using Weir.Abstractions.Modules;

namespace Weir.Config.Tests.Modules;

/// <summary>Modules for tests: they have options and do nothing.</summary>
internal sealed class FakeCatalog : IModuleCatalog
{
    internal static FakeCatalog Instance { get; } = new();

    public IReadOnlyList<IModuleFactory> All { get; } =
    [
        new FakeFactory<HeadersOptions>("headers", "Sets, adds and removes header fields."),
        new FakeFactory<RedirectOptions>("redirect", "Answers with a redirect."),
        new FakeFactory<RespondOptions>("respond", "Answers by itself."),
        new FakeFactory<AccessOptions>("access", "Lets clients in by address."),
        new FakeFactory<RateLimitOptions>("rate_limit", "Bounds the rate of requests."),
    ];

    public IModuleFactory? Find(string name) => All.FirstOrDefault(factory => factory.Name == name);
}
