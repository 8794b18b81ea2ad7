using Weir.Abstractions.Modules;
using Weir.Config.Model;

namespace Weir.Config.Checking;

/// <summary>
/// Finds modules in places where they never run, or where they do harm. A request passes its site's stack, then its route's.
/// </summary>
internal sealed class StackOrder
{
    /// <summary>What any module's options may say: the place is meant.</summary>
    internal const string Acknowledgement = "acknowledge_order";

    private const string CacheName = "cache";

    private readonly IModuleCatalog _catalog;
    private readonly ErrorList _errors;

    internal StackOrder(IModuleCatalog catalog, ErrorList errors)
    {
        _catalog = catalog;
        _errors = errors;
    }

    internal void Check(SiteConfig site)
    {
        CheckHints(site.Stack);
        CheckCache(site);
        CheckNeeds(site);
        foreach (RouteConfig route in site.Routes)
        {
            CheckHints(route.Stack);
            CheckAcross(site.Stack, route.Stack);
        }

        if (CheckReach(site.Stack) is { } answers && site.Routes.Count > 0)
        {
            _errors.Warning(
                site.Routes[0].Position,
                $"The routes of \"{site.Name}\" are never reached: \"{answers.Name}\" at line {answers.Position.Line} answers every request.",
                "Move it into the route that it is meant for, or remove the routes.");
            return;
        }

        foreach (RouteConfig route in site.Routes)
        {
            if (CheckReach(route.Stack) is { } answersAll && (route.To is not null || route.Split is not null))
            {
                _errors.Warning(
                    route.Position,
                    $"Nothing of this route gets to its destination: \"{answersAll.Name}\" at line {answersAll.Position.Line} answers every request.",
                    "Remove the one or the other.");
            }
        }
    }

    // What a cache stores for one route it would serve for another, where what decides between them is no part of its key.
    private void CheckCache(SiteConfig site)
    {
        if (site.Stack.FirstOrDefault(entry => entry.Name == CacheName && !entry.AcknowledgesOrder) is not { } cache)
        {
            return;
        }

        foreach (RouteConfig route in site.Routes)
        {
            if (Decides(route) is { } decider)
            {
                _errors.Error(
                    cache.Position,
                    $"\"{CacheName}\" stands above the route at line {route.Position.Line}, which decides by {decider}: "
                        + "what is stored for one route would be served for another.",
                    "Move it into the routes' stacks; or, where key_headers or key_cookies name what decides, "
                        + $"write `{Acknowledgement}: true` among its options.");
            }
        }
    }

    private static string? Decides(RouteConfig route) =>
        route.Header.Count > 0 ? $"the header {route.Header.Keys.First()}"
            : route.Cookie.Count > 0 ? $"the cookie {route.Cookie.Keys.First()}"
            : route.Client.Count > 0 ? "the client's address"
            : route.When is not null || route.Split?.When.Count > 0 ? "an expression"
            : route.Split is not null ? "a split"
            : null;

    // What a module leaves to another one, nobody does where that one is missing.
    private void CheckNeeds(SiteConfig site)
    {
        foreach ((int index, StackEntry entry) in site.Stack.Index())
        {
            if (NeedOf(entry) is not { } need || site.Stack.Skip(index + 1).Any(below => below.Name == need))
            {
                continue;
            }

            RouteConfig? without = site.Routes.FirstOrDefault(route => route.Stack.All(below => below.Name != need));
            if (without is not null || site.Routes.Count == 0)
            {
                TellNeed(entry, need, site.Routes.Any(route => route.Stack.Any(below => below.Name == need)) ? without : null);
            }
        }

        foreach (RouteConfig route in site.Routes)
        {
            foreach ((int index, StackEntry entry) in route.Stack.Index())
            {
                if (NeedOf(entry) is { } need && route.Stack.Skip(index + 1).All(below => below.Name != need))
                {
                    TellNeed(entry, need, null);
                }
            }
        }
    }

    private string? NeedOf(StackEntry entry) =>
        entry.Options is null || entry.AcknowledgesOrder ? null : _catalog.Find(entry.Name)?.NeedsBelow(entry.Options);

    private void TellNeed(StackEntry entry, string need, RouteConfig? onlyFor) => _errors.Error(
        entry.Position,
        onlyFor is null
            ? $"\"{entry.Name}\" leaves something to a \"{need}\" below it, and there is none."
            : $"\"{entry.Name}\" leaves something to a \"{need}\" below it, and the route at line {onlyFor.Position.Line} has none.",
        $"Add `{need}` below it; or, where that is meant, write `{Acknowledgement}: true` among its options.");

    // A site's modules are for all of its routes: there a place is only wrong where it does harm.
    private void CheckAcross(IReadOnlyList<StackEntry> site, IReadOnlyList<StackEntry> route)
    {
        foreach (StackEntry above in site)
        {
            foreach (StackEntry below in route)
            {
                CheckPair(above, below, onlyDangerous: true);
            }
        }
    }

    private void CheckHints(IReadOnlyList<StackEntry> stack)
    {
        for (int above = 0; above < stack.Count; above++)
        {
            for (int below = above + 1; below < stack.Count; below++)
            {
                CheckPair(stack[above], stack[below], onlyDangerous: false);
            }
        }
    }

    private void CheckPair(StackEntry above, StackEntry below, bool onlyDangerous)
    {
        if (above.AcknowledgesOrder || below.AcknowledgesOrder || above.Name == below.Name)
        {
            return;
        }

        OrderHint? hint = Find(above, OrderRelation.Below, below) ?? Find(below, OrderRelation.Above, above);
        if (hint is null || (onlyDangerous && !hint.IsDangerous))
        {
            return;
        }

        string cause = $"\"{above.Name}\" stands above \"{below.Name}\" (line {below.Position.Line}). {hint.Why}";
        if (hint.IsDangerous)
        {
            _errors.Error(above.Position, cause, $"Move it below, or write `{Acknowledgement}: true` among its options if that is meant.");
        }
        else
        {
            _errors.Warning(above.Position, cause, $"Move it below; `{Acknowledgement}: true` among its options says that it is meant.");
        }
    }

    private OrderHint? Find(StackEntry entry, OrderRelation relation, StackEntry other) =>
        _catalog.Find(entry.Name)?.OrderHints.FirstOrDefault(hint => hint.Relation == relation && hint.Other == other.Name);

    // The module that answers every request, or null.
    private StackEntry? CheckReach(IReadOnlyList<StackEntry> stack)
    {
        for (int i = 0; i < stack.Count; i++)
        {
            StackEntry entry = stack[i];
            if (entry.Options is null || _catalog.Find(entry.Name)?.AnswersAlways(entry.Options) != true)
            {
                continue;
            }

            if (i + 1 < stack.Count)
            {
                StackEntry dead = stack[i + 1];
                _errors.Warning(
                    dead.Position,
                    $"\"{dead.Name}\" never runs: \"{entry.Name}\" at line {entry.Position.Line} above it answers every request.",
                    "Move it up, or remove it.");
            }

            return entry;
        }

        return null;
    }
}
