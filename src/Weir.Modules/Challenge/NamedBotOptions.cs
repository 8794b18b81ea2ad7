using Weir.Abstractions.Options;

namespace Weir.Modules.Challenge;

/// <summary>A bot that is known by the names of its addresses.</summary>
public sealed record NamedBotOptions
{
    [Option("What its User-Agent holds, in any case. It proves nothing: it says that the address is to be looked up.", IsRequired = true, Example = "Googlebot")]
    public string UserAgent { get; init; } = "";

    [Option("The domains that its addresses' names are in, which must lead back to the address.", IsRequired = true, Example = "[googlebot.com, google.com]")]
    public IReadOnlyList<string> Domains { get; init; } = [];
}
