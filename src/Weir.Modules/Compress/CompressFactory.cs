using System.Text;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Codings;
using Weir.Codings.Negotiation;

namespace Weir.Modules.Compress;

/// <summary>Makes `compress`.</summary>
public sealed class CompressFactory : ModuleFactory<CompressOptions>
{
    /// <inheritdoc/>
    public override string Name => "compress";

    /// <inheritdoc/>
    public override string Summary => "Compresses answers with zstd, gzip or br.";

    /// <inheritdoc/>
    public override IReadOnlyList<OrderHint> OrderHints { get; } =
        [new(OrderRelation.Above, "respond", "An answer above compress goes out uncompressed.")];

    /// <inheritdoc/>
    protected override IModule? Create(CompressOptions options, ModuleBuilder builder)
    {
        CheckedBuilder check = new(builder);
        ContentCoding[] order = CodingNames.Written(check, options.Codings);
        ContentTypes? types = Types(check, "types", options.Types);
        List<Levels> levels = [];
        for (int i = 0; i < options.Levels.Count; i++)
        {
            LevelOptions level = options.Levels[i];
            ContentTypes? its = level.Types.Count == 0 ? null : Types(check, $"levels.{i}.types", level.Types);
            levels.Add(new Levels(its, level.From.Octets, level.Gzip ?? options.Gzip, level.Br ?? options.Br, level.Zstd ?? options.Zstd));
        }

        levels.Add(new Levels(null, 0, options.Gzip, options.Br, options.Zstd));
        foreach (string cookie in options.NotWithCookie)
        {
            if (!FieldSyntax.IsToken(Encoding.UTF8.GetBytes(cookie)))
            {
                check.Error("not_with_cookie", $"\"{cookie}\" is not the name of a cookie.", "Use letters, digits, \"-\" and \"_\".");
            }
        }

        return check.HasErrors ? null : new CompressModule(
            order, types!, [.. levels], [.. options.NotWithCookie.Select(Encoding.ASCII.GetBytes)], options, builder.ReserveSlot());
    }

    private static ContentTypes? Types(CheckedBuilder check, string option, IReadOnlyList<string> patterns)
    {
        ContentTypes? types = ContentTypes.Of(patterns, out string? bad);
        if (types is null)
        {
            check.Error(option, $"\"{bad}\" is no content type.", "Write it like text/html, text/* or +json.");
        }

        return types;
    }
}
