using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>Several destinations by share.</summary>
public sealed record SplitConfig
{
    [Option("Upstreams and their shares; together 100%.", IsRequired = true, Example = "{ app: 95%, app-next: 5% }")]
    [KeySyntax(Syntax.Name)]
    public IReadOnlyDictionary<string, Percent> To { get; init; } = OptionMap<Percent>.Empty;

    [Option("Upstreams of `to` that get every request of which an expression is true; the shares are for the others.", Example = "{ app-next: '\"beta\" in request.cookies' }")]
    public IReadOnlyDictionary<string, ExpressionText> When { get; init; } = OptionMap<ExpressionText>.Empty;

    [Option("Whether a client stays where it was sent first.")]
    public bool Sticky { get; init; }

    /// <summary>Where it is written.</summary>
    public Position Position { get; init; } = Position.None;
}
