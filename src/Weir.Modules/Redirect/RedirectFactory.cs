using Weir.Abstractions.Modules;
using Weir.Abstractions.Templates;

namespace Weir.Modules.Redirect;

/// <summary>Makes `redirect`.</summary>
public sealed class RedirectFactory : ModuleFactory<RedirectOptions>
{
    /// <inheritdoc/>
    public override string Name => "redirect";

    /// <inheritdoc/>
    public override string Summary => "Answers with a redirect: 308 unless another status is given.";

    /// <inheritdoc/>
    public override IReadOnlyList<OrderHint> OrderHints { get; } =
        [new(OrderRelation.Below, "access", "A redirect above access also answers clients that access refuses.")];

    /// <inheritdoc/>
    protected override bool AnswersAlways(RedirectOptions options) => true;

    /// <inheritdoc/>
    protected override IModule? Create(RedirectOptions options, ModuleBuilder builder)
    {
        CheckedBuilder check = new(builder);
        if (options.Status is not (301 or 302 or 303 or 307 or 308))
        {
            check.Error("status", $"{options.Status} is not a redirect.", "Use 301, 302, 303, 307 or 308.");
        }

        if (options.To.Length == 0)
        {
            check.Error("to", "redirect has no target.", "Write redirect: /new, or redirect: { to: /new }.");
            return null;
        }

        Template? to = check.ParseTemplate("to", options.To, TemplateContext.Url);
        to = to is null ? null : AddQuery(check, to, options.KeepQuery);
        if (check.HasErrors)
        {
            return null;
        }

        CheckLoop(check, options.To);
        return new RedirectModule(to!, options.Status);
    }

    private static Template? AddQuery(CheckedBuilder check, Template to, bool? keepQuery)
    {
        bool isQueryNamed = to.Mentions(TemplateValue.Query, TemplateValue.QueryWithMark, TemplateValue.QueryWithAnd);
        bool hasQuery = isQueryNamed || to.Text.Contains('?', StringComparison.Ordinal);
        if (keepQuery == false || (keepQuery is null && hasQuery))
        {
            return to;
        }

        if (isQueryNamed)
        {
            check.Error("keep_query", $"\"{to.Text}\" already says where the query goes.", "Remove keep_query.");
            return null;
        }

        // RFC 3986 section 3: the fragment follows the query.
        int fragment = to.Text.IndexOf('#', StringComparison.Ordinal);
        int end = fragment < 0 ? to.Text.Length : fragment;
        string text = to.Text.Insert(end, hasQuery ? "{&query}" : "{?query}");
        return check.ParseTemplate("to", text, TemplateContext.Url);
    }

    // A certain loop is a mistake; a probable one only looks like one, because other modules may change the path in between.
    private static void CheckLoop(CheckedBuilder check, string to)
    {
        if (check.RoutePath is not { } route || route.StartsWith('~') || !to.StartsWith('/'))
        {
            return;
        }

        string path = to.Split('?', '#')[0];
        bool isPrefix = route.EndsWith("/*", StringComparison.Ordinal);
        string prefix = isPrefix ? route[..^2] : route;
        bool isInRoute = isPrefix && path.StartsWith(prefix + "/", StringComparison.Ordinal);
        if (string.Equals(path, prefix, StringComparison.Ordinal) || isInRoute)
        {
            check.Warning(
                "to",
                $"The target \"{to}\" matches the route \"{route}\" itself: clients would be redirected for ever.",
                "Redirect to a path outside the route.");
        }
    }
}
