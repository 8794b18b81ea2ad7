using Weir.Abstractions.Modules;
using Weir.Abstractions.Templates;

namespace Weir.Modules.Rewrite;

/// <summary>Makes `rewrite`.</summary>
public sealed class RewriteFactory : ModuleFactory<RewriteOptions>
{
    /// <inheritdoc/>
    public override string Name => "rewrite";

    /// <inheritdoc/>
    public override string Summary => "Changes path and query on the way down, and maps redirects and cookies back on the way up.";

    /// <inheritdoc/>
    protected override IModule? Create(RewriteOptions options, ModuleBuilder builder)
    {
        CheckedBuilder check = new(builder);
        PathPrefix strip = PathPrefix.Parse(check, "strip_prefix", options.StripPrefix);
        PathPrefix add = PathPrefix.Parse(check, "add_prefix", options.AddPrefix);
        PathReplacement? replacement = options.Replace is null ? null : PathReplacement.Parse(check, options.Replace);
        Template? template = options.Path is null ? null : ParsePath(check, options.Path);
        PathRewrite path = new(strip, replacement, add, template, check.PathRules);
        QueryRewrite query = QueryRewrite.Parse(check, options.Query);
        ResponseMapping mapping = ParseMapping(check, options, strip, add);
        CheckCombination(check, options);
        bool hasRequest = !path.IsEmpty || !query.IsEmpty;
        if (!hasRequest && mapping.IsEmpty && !check.HasErrors)
        {
            check.Error(
                "",
                "rewrite has nothing to do.",
                "Name an operation: strip_prefix, add_prefix, path, replace, query or a mapping.");
        }

        if (check.HasErrors)
        {
            return null;
        }

        if (!hasRequest)
        {
            return new ResponseRewriteModule(mapping);
        }

        int strippedSlot = options.MapResponses && !strip.IsEmpty ? check.ReserveSlot() : -1;
        RequestRewriteModule request = new(path, query, strippedSlot);
        return mapping.IsEmpty ? request : new RewriteModule(request, mapping);
    }

    private static Template? ParsePath(CheckedBuilder check, string text)
    {
        Template? path = check.ParseTemplate("path", text, TemplateContext.Path);
        if (path is { IsConstant: true } && !check.PathRules.TryNormalise(path.Constant, new byte[path.Constant.Length], out _))
        {
            check.Error("path", $"\"{text}\" is a path that Weir refuses from clients, too.", "Leave out %5C, %00 and dot segments.");
        }

        return path;
    }

    private static void CheckCombination(CheckedBuilder check, RewriteOptions options)
    {
        if (options.Path is not null && (options.StripPrefix is not null || options.AddPrefix is not null || options.Replace is not null))
        {
            check.Error(
                "path",
                "path makes the whole path, so nothing is left for strip_prefix, replace and add_prefix.",
                "Keep one or the other.");
        }

        if (options.MapResponses && options.StripPrefix is null && options.AddPrefix is null)
        {
            check.Error(
                "map_responses",
                "Only strip_prefix and add_prefix can be undone by themselves.",
                "Write location and cookie_path for what path and replace do.");
        }

        if (options.MapResponses && options.Replace is not null)
        {
            check.Error(
                "map_responses",
                "A replacement by regular expression cannot be undone.",
                "Write location and cookie_path instead.");
        }
    }

    private static ResponseMapping ParseMapping(CheckedBuilder check, RewriteOptions options, PathPrefix strip, PathPrefix add)
    {
        List<LocationPair?> locations =
            [.. options.Location.Select((pair, index) => LocationPair.Parse(check, $"location[{index}]", pair))];
        List<CookieDomainPair?> domains =
            [.. options.CookieDomain.Select((pair, index) => CookieDomainPair.Parse(check, $"cookie_domain[{index}]", pair))];
        List<CookiePathPair> paths =
        [
            .. options.CookiePath.Select((pair, index) => new CookiePathPair(
                PathPrefix.Parse(check, $"cookie_path[{index}].from", pair.From),
                PathPrefix.Parse(check, $"cookie_path[{index}].to", pair.To))),
        ];
        PathPrefix undoneStrip = options.MapResponses ? strip : default;
        PathPrefix undoneAdd = options.MapResponses ? add : default;
        return new ResponseMapping(
            new UrlMapping([.. locations.OfType<LocationPair>()], undoneStrip, undoneAdd),
            new CookieMapping([.. domains.OfType<CookieDomainPair>()], [.. paths], undoneStrip, undoneAdd));
    }
}
