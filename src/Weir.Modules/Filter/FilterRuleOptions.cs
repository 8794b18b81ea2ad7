using Weir.Abstractions.Options;

namespace Weir.Modules.Filter;

/// <summary>A rule of `filter`.</summary>
public sealed record FilterRuleOptions
{
    [Option("The expression; one that reads the response is asked when it comes.", IsRequired = true, Example = "request.path.startsWith(\"/wp-\")")]
    public string When { get; init; } = "";

    [Option("What is done when it is true.")]
    public FilterAction Do { get; init; }

    [Option("The rule's name in logs, traces and metrics.", Default = "its number")]
    public string? Name { get; init; }

    [Option("The status of what is blocked.", Min = "400", Max = "599")]
    public int Status { get; init; } = 403;

    [Option("The text that a blocked client reads.", Default = "the error page", Example = "Not from here.")]
    public string? Message { get; init; }

    [Option("A file that a blocked client gets, read when the configuration loads.", Default = "the error page", Example = "blocked.html")]
    public string? Page { get; init; }

    [Option("The tag that `do: tag` sets: letters, digits, - and _.", Default = "the rule's name")]
    public string? Tag { get; init; }

    [Option("Whether this rule is only counted, whatever the mode.")]
    public bool CountOnly { get; init; }
}
