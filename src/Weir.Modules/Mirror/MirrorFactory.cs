using Weir.Abstractions.Modules;

namespace Weir.Modules.Mirror;

/// <summary>Makes `mirror`.</summary>
public sealed class MirrorFactory : ModuleFactory<MirrorOptions>
{
    /// <inheritdoc/>
    public override string Name => "mirror";

    /// <inheritdoc/>
    public override string Summary => "Sends copies of requests to another upstream; the client notices nothing.";

    /// <inheritdoc/>
    public override IReadOnlyList<OrderHint> OrderHints { get; } =
    [
        new(OrderRelation.Below, "access", "A mirror above access also copies requests that access refuses.") { IsDangerous = true },
        new(OrderRelation.Below, "rate_limit", "A mirror above rate_limit also copies requests that rate_limit refuses."),
        new(OrderRelation.Below, "body_limit", "A mirror above body_limit also copies content that body_limit refuses."),
    ];

    /// <inheritdoc/>
    protected override IModule? Create(MirrorOptions options, ModuleBuilder builder)
    {
        if (!builder.UseUpstream("to", options.To))
        {
            return null;
        }

        return new MirrorModule(options);
    }
}
