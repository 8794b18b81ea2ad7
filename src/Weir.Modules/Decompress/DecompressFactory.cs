using Weir.Abstractions.Modules;
using Weir.Codings;

namespace Weir.Modules.Decompress;

/// <summary>Makes `decompress`.</summary>
public sealed class DecompressFactory : ModuleFactory<DecompressOptions>
{
    /// <inheritdoc/>
    public override string Name => "decompress";

    /// <inheritdoc/>
    public override string Summary => "Inflates the content of requests, within bounds.";

    /// <inheritdoc/>
    protected override IModule? Create(DecompressOptions options, ModuleBuilder builder)
    {
        CheckedBuilder check = new(builder);
        ContentCoding[] codings = CodingNames.Read(check, options.Codings);
        return check.HasErrors ? null : new DecompressModule(codings, options);
    }
}
