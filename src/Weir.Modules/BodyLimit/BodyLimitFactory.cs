using Weir.Abstractions.Modules;

namespace Weir.Modules.BodyLimit;

/// <summary>Makes `body_limit`.</summary>
public sealed class BodyLimitFactory : ModuleFactory<BodyLimitOptions>
{
    /// <inheritdoc/>
    public override string Name => "body_limit";

    /// <inheritdoc/>
    public override string Summary => "Refuses requests with more content than a size.";

    /// <inheritdoc/>
    protected override IModule? Create(BodyLimitOptions options, ModuleBuilder builder) => new BodyLimitModule(options.Size.Octets);
}
