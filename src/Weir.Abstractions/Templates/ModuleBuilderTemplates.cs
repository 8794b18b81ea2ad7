using System.Text.RegularExpressions;
using Weir.Abstractions.Modules;

namespace Weir.Abstractions.Templates;

/// <summary>Parses the templates among a module's options and reports their mistakes.</summary>
public static class ModuleBuilderTemplates
{
    /// <summary>Parses a template; null after an error was reported for <paramref name="option"/>.</summary>
    public static Template? ParseTemplate(this ModuleBuilder builder, string option, string text, TemplateContext context)
    {
        Template? template = Template.Parse(text, context, out TemplateError? error);
        if (template is null)
        {
            builder.Error(option, $"{error!.Cause} (character {error.Position + 1} of \"{text}\")", error.Remedy);
            return null;
        }

        return CheckRoute(builder, option, template) ? template : null;
    }

    private static bool CheckRoute(ModuleBuilder builder, string option, Template template)
    {
        string? route = builder.RoutePath;
        bool isExpression = route is not null && route.StartsWith('~');
        if (route is not null && template.Mentions(TemplateValue.PathRest) && (isExpression || !route.EndsWith('*')))
        {
            builder.Error(
                option,
                $"{{path.rest}} is what a * matched, and the route's path \"{route}\" has none.",
                "Write the path as a prefix (\"/old/*\"), or use {path}.");
            return false;
        }

        int highest = template.HighestGroup;
        if (highest == 0)
        {
            return true;
        }

        if (!isExpression)
        {
            builder.Error(
                option,
                $"{{path.{highest}}} is a group of a regular expression, and no route's path here is one.",
                "Use it in the stack of a route with a path like \"~ ^/a/(.*)$\".");
            return false;
        }

        int groups = CountGroups(route!);
        if (groups >= 0 && highest > groups)
        {
            builder.Error(
                option,
                $"{{path.{highest}}} is not a group of \"{route}\", which has {groups}.",
                "Count the opening parentheses of the route's path.");
            return false;
        }

        return true;
    }

    // -1 where the expression is broken: the route itself is reported for that.
    private static int CountGroups(string route)
    {
        try
        {
            Regex expression = new(route[1..].Trim(), RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return expression.GetGroupNumbers().Max();
        }
        catch (Exception broken) when (broken is ArgumentException or NotSupportedException)
        {
            return -1;
        }
    }
}
