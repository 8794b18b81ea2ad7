using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Options;
using Weir.Expressions.Evaluation;
using Weir.Expressions.Parsing;

namespace Weir.Expressions.Checking;

/// <summary>Names to fields, and entries of maps.</summary>
internal sealed class Fields
{
    private const int LongestName = 256;

    private readonly Checker _checker;

    public Fields(Checker checker) => _checker = checker;

    /// <summary>A field, or an entry of a map.</summary>
    public Node Read(SyntaxNode part)
    {
        if (NameOf(part) is { } name && FieldTable.Find(name) is { } field)
        {
            _checker.Use(part, field);
            return field.Node;
        }

        if (TryEntry(part, out MapNode? map, out SyntaxNode? key))
        {
            _checker.Spend(part, Costs.Lookup);
            return Entry(map!, part, key);
        }

        throw Unknown(part);
    }

    /// <summary>Whether a map has an entry.</summary>
    public BoolNode Has(MapNode map, SyntaxNode key)
    {
        _checker.Spend(key, Costs.Lookup);
        byte[] name = Key(map, key);
        return map.Source switch
        {
            MapSource.RequestHeaders => new EntryNodes.HasHeader(ofResponse: false, name),
            MapSource.ResponseHeaders => new EntryNodes.HasHeader(ofResponse: true, name),
            MapSource.Cookies => new EntryNodes.HasCookie(name),
            MapSource.Params => new EntryNodes.HasParam(name),
            MapSource.Claims => new EntryNodes.HasClaim(Claim(key)),
            _ => new EntryNodes.HasTag(Tag(key)),
        };
    }

    /// <summary>What has(...) says of a field or an entry.</summary>
    public BoolNode Has(SyntaxNode part)
    {
        if (TryEntry(part, out MapNode? map, out SyntaxNode? key))
        {
            return Has(map!, key ?? part with { Kind = SyntaxKind.Text });
        }

        return _checker.Check(part) is TextNode text
            ? new TextNodes.IsThere(text)
            : throw new ExpressionMistake(part.Offset, "It is always there.", "has() takes an entry of a map, or a field that is a text.");
    }

    // MAP["name"], with a key, or MAP.name, without.
    private bool TryEntry(SyntaxNode part, out MapNode? map, out SyntaxNode? key)
    {
        map = null;
        key = null;
        if (part.Kind is not (SyntaxKind.Select or SyntaxKind.Index)
            || NameOf(part.Children[0]) is not { } name
            || FieldTable.Find(name) is not { Node: MapNode found } field)
        {
            return false;
        }

        _checker.Use(part.Children[0], field);
        map = found;
        key = part.Kind == SyntaxKind.Index ? part.Children[1] : null;
        return true;
    }

    private TextNode Entry(MapNode map, SyntaxNode part, SyntaxNode? key)
    {
        SyntaxNode name = key ?? part with { Kind = SyntaxKind.Text };
        return map.Source switch
        {
            MapSource.RequestHeaders => new EntryNodes.Header(ofResponse: false, Key(map, name)),
            MapSource.ResponseHeaders => new EntryNodes.Header(ofResponse: true, Key(map, name)),
            MapSource.Cookies => new EntryNodes.Cookie(Key(map, name)),
            MapSource.Params => new EntryNodes.Param(Key(map, name)),
            MapSource.Claims => new EntryNodes.Claim(Claim(name)),
            _ => throw new ExpressionMistake(part.Offset, "Tags have no values.", $"Write \"{name.Text}\" in tags."),
        };
    }

    private byte[] Key(MapNode map, SyntaxNode key)
    {
        byte[] name = _checker.Constant(key, LongestName, "Names of entries are written down: request.headers[\"x-api-key\"].");
        if (map.Source is MapSource.Params or MapSource.Claims || FieldSyntax.IsToken(name))
        {
            return name;
        }

        throw new ExpressionMistake(
            key.Offset, $"\"{key.Text}\" is no name that a field, a cookie or a tag can have.", "Use letters, digits, - and _.");
    }

    private int Claim(SyntaxNode key)
    {
        _checker.Constant(key, LongestName, "Names of claims are written down: claims[\"sub\"].");
        return ClaimNames.TryFind(key.Text, out int index)
            ? index
            : throw new ExpressionMistake(
                key.Offset, $"More than {ClaimNames.Most} claims were asked for since this process began.", "Use fewer, or restart it.");
    }

    private static ulong Tag(SyntaxNode key) => ExchangeTags.TryFind(key.Text, out ulong tag)
        ? tag
        : throw new ExpressionMistake(
            key.Offset, $"There are more than {ExchangeTags.Most} tags since this process began.", "Use fewer, or restart it.");

    private static string? NameOf(SyntaxNode part) => part.Kind switch
    {
        SyntaxKind.Name => part.Text,
        SyntaxKind.Select when part.Children[0].Kind == SyntaxKind.Name => $"{part.Children[0].Text}.{part.Text}",
        _ => null,
    };

    private ExpressionMistake Unknown(SyntaxNode part)
    {
        if (NameOf(part) is not { } name)
        {
            return new ExpressionMistake(part.Offset, "It has no entries to pick from.", "Maps are request.headers, request.cookies, request.params, claims, response.headers.");
        }

        int at = part.Kind == SyntaxKind.Select && !FieldTable.IsRoot(part.Children[0].Text) ? part.Children[0].Offset : part.Offset;
        if (part.Kind == SyntaxKind.Name && FieldTable.IsRoot(name))
        {
            return new ExpressionMistake(at, $"\"{name}\" is not a value by itself.", $"Name one of its fields: {Siblings(name)}.");
        }

        string remedy = NearestOf(part, name) is { } near ? $"Did you mean {near}?"
            : part.Kind == SyntaxKind.Select
                && FieldTable.IsRoot(part.Children[0].Text) ? $"Known there: {Siblings(part.Children[0].Text)}."
            : "Fields begin with request, client, server, tls, tags, claims, route or response; a text stands in quotes.";
        return new ExpressionMistake(at, $"\"{name}\" is not known.", remedy);
    }

    // Behind a root that is right, only the rest is looked at: the root's letters would make any two names near.
    private static string? NearestOf(SyntaxNode part, string name)
    {
        string root = part.Kind == SyntaxKind.Select && FieldTable.IsRoot(part.Children[0].Text) ? part.Children[0].Text + "." : "";
        IEnumerable<string> known = FieldTable.All.Select(field => field.Name).Where(
            other => other.StartsWith(root, StringComparison.Ordinal));
        return Nearest.Find(name[root.Length..], known.Select(other => other[root.Length..])) is { } near ? root + near : null;
    }

    private static string Siblings(string root) =>
        string.Join(
            ", ", FieldTable.All.Where(field => field.Name.StartsWith(root + ".", StringComparison.Ordinal)).Select(field => field.Name));
}
