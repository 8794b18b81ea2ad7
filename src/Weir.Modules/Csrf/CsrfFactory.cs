using Weir.Abstractions.Modules;

namespace Weir.Modules.Csrf;

/// <summary>Makes `csrf`.</summary>
public sealed class CsrfFactory : ModuleFactory<CsrfOptions>
{
    /// <inheritdoc/>
    public override string Name => "csrf";

    /// <inheritdoc/>
    public override string Summary => "Refuses what other sites' pages make a visitor's browser send.";

    /// <inheritdoc/>
    public override IReadOnlyList<OrderHint> OrderHints { get; } =
    [
        new(OrderRelation.Above, "respond", "An answer above csrf is given to other sites' requests too."),
        new(OrderRelation.Above, "mirror", "A mirror above csrf copies requests that csrf refuses."),
    ];

    /// <inheritdoc/>
    protected override IModule? Create(CsrfOptions options, ModuleBuilder builder)
    {
        CheckedBuilder check = new(builder);
        List<OriginPattern> origins = [];
        foreach (string text in options.Origins)
        {
            if (text == "null")
            {
                check.Error("origins", "\"null\" is what every sandboxed page sends.", "Name the origins that may send requests.");
            }
            else if (OriginPattern.Parse(text) is { } pattern)
            {
                origins.Add(pattern);
            }
            else
            {
                check.Error("origins", $"\"{text}\" is not an origin.", "Write scheme, host and port in lower case without a path, as in https://app.example.com.");
            }
        }

        ModuleCounter counter = check.Counter("weir_csrf_refusals_total", "Requests that csrf refused, or would have with dry_run.");
        return check.HasErrors ? null : new CsrfModule([.. origins], options, counter);
    }
}
