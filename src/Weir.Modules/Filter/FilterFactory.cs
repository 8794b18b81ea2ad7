using System.Globalization;
using System.Text;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Expressions;

namespace Weir.Modules.Filter;

/// <summary>Makes `filter`.</summary>
public sealed class FilterFactory : ModuleFactory<FilterOptions>
{
    private const int MostRules = 1000;
    private const int LongestName = 64;

    /// <inheritdoc/>
    public override string Name => "filter";

    /// <inheritdoc/>
    public override string Summary => "Blocks, challenges, logs or tags requests and responses by rules over any of their fields.";

    /// <inheritdoc/>
    public override IReadOnlyList<OrderHint> OrderHints { get; } =
    [
        new(OrderRelation.Below, "access", "A filter above access also asks its rules of clients that access refuses."),
        new(OrderRelation.Above, "respond", "An answer above filter is given without its rules being asked."),
        new(OrderRelation.Above, "cache", "A cache above filter serves what it has stored to requests that a rule would block.") { IsDangerous = true },
    ];

    /// <inheritdoc/>
    protected override string? NeedsBelow(FilterOptions options) =>
        options.Mode == FilterMode.Enforce
            && options.Rules.Any(rule => rule is { Do: FilterAction.Challenge, CountOnly: false }) ? "challenge" : null;

    /// <inheritdoc/>
    protected override IModule? Create(FilterOptions options, ModuleBuilder builder)
    {
        CheckedBuilder check = new(builder);
        if (options.Rules.Count > MostRules)
        {
            check.Error("rules", $"There are {options.Rules.Count} rules; {MostRules} is the limit.", "Join some with ||, or use lists behind `in`.");
            return null;
        }

        List<FilterRule> rules = [];
        HashSet<string> names = new(StringComparer.Ordinal);
        for (int i = 0; i < options.Rules.Count; i++)
        {
            string option = string.Create(CultureInfo.InvariantCulture, $"rules[{i}]");
            string name = options.Rules[i].Name ?? (i + 1).ToString(CultureInfo.InvariantCulture);
            if (!names.Add(name))
            {
                check.Error(option + ".name", $"Two rules have the name \"{name}\".", "Names tell rules apart in logs and metrics: give each its own.");
            }

            if (Make(check, option, name, options.Rules[i], options.Mode) is { } rule)
            {
                rules.Add(rule);
            }
        }

        if (check.HasErrors)
        {
            return null;
        }

        FilterRules atResponse = new([.. rules.Where(NeedsResponse)]);
        FilterModule requests = new(new FilterRules([.. rules.Where(rule => !NeedsResponse(rule))]));
        return atResponse.Count == 0 ? requests : new TwoWayFilterModule(requests, atResponse);
    }

    private static bool NeedsResponse(FilterRule rule) => rule.Condition.Needs.HasFlag(ExpressionNeeds.Response);

    private static FilterRule? Make(CheckedBuilder check, string option, string name, FilterRuleOptions options, FilterMode mode)
    {
        if (name.Length > LongestName || !FieldSyntax.IsToken(Encoding.UTF8.GetBytes(name)))
        {
            check.Error(option + ".name", $"\"{name}\" is not a rule's name.", $"Use at most {LongestName} letters, digits, - and _.");
            return null;
        }

        bool isCompiled = ExpressionCompiler.TryCompile(
            options.When, ExpressionScope.All, out Condition? condition, out ExpressionError? error);
        if (!isCompiled)
        {
            check.ErrorAt(option + ".when", error!.Offset, error.Cause, error.Remedy);
        }

        CheckAction(check, option, options);
        if (isCompiled && options.Do == FilterAction.Challenge && condition!.Needs.HasFlag(ExpressionNeeds.Response))
        {
            check.Error(
                option + ".do", "When the response is there it is too late to challenge.", "Ask for what the request holds, or use block.");
        }

        byte[] content = options switch
        {
            { Page: { } page } => ContentFile.Read(check, option + ".page", page),
            { Message: { } message } => Encoding.UTF8.GetBytes(message + "\n"),
            _ => [],
        };
        ulong tag = 0;
        string? tagName = options.Do switch
        {
            FilterAction.Tag => options.Tag ?? name,
            FilterAction.Challenge => ChallengeTag.Name,
            _ => null,
        };
        if (tagName is not null && !ExchangeTags.TryFind(tagName, out tag))
        {
            check.Error(
                option + ".tag", $"There are more than {ExchangeTags.Most} tags since this process began.", "Use fewer, or restart it.");
        }

        return !isCompiled ? null : new FilterRule
        {
            Name = name,
            Condition = condition!,
            Action = options.Do,
            OnlyCounts = mode == FilterMode.Count || options.CountOnly,
            Counter = check.Counter("weir_filter_matches_total", "Exchanges of which a rule of filter was true.", ("rule", name)),
            Log = check.Log,
            Tag = tag,
            Status = options.Status,
            ContentType = Encoding.UTF8.GetBytes(options.Page is { } file ? MediaTypes.Of(file) : MediaTypes.Text),
            Body = content.Length == 0 ? null : new PinnedBody(content),
        };
    }

    private static void CheckAction(CheckedBuilder check, string option, FilterRuleOptions options)
    {
        if (options is { Message: not null, Page: not null })
        {
            check.Error(option + ".page", "message and page are both given.", "Keep one of them.");
        }

        if (options.Do != FilterAction.Block && (options.Message is not null || options.Page is not null))
        {
            check.Error(option + (options.Page is null ? ".message" : ".page"), "Only what is blocked is answered.", "Write `do: block`, or remove it.");
        }

        if (options.Tag is { } tag
            && (options.Do != FilterAction.Tag || tag.Length > LongestName || !FieldSyntax.IsToken(Encoding.UTF8.GetBytes(tag))))
        {
            check.Error(
                option + ".tag", $"\"{tag}\" is set by no rule.", $"Write `do: tag`, and at most {LongestName} letters, digits, - and _.");
        }
    }
}
