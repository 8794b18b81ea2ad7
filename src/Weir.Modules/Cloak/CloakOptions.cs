using Weir.Abstractions.Options;

namespace Weir.Modules.Cloak;

/// <summary>Options of `cloak`.</summary>
public sealed record CloakOptions
{
    [Option("What the field Server says; off takes it away.", Example = "shop")]
    public string Server { get; init; } = "off";

    [Option("Further fields that are taken from answers; a trailing * stands for any end.", Example = "[X-Backend-*]")]
    public IReadOnlyList<string> Hide { get; init; } = [];

    [Option("Fields that stay although they are among those that tell of products and servers.", Example = "[Server-Timing]")]
    public IReadOnlyList<string> Keep { get; init; } = [];

    [Option(
        "Host names that nobody outside may learn; *.NAME for all below a name. Private addresses and the server that answered are always among them.",
        Example = "[app.internal, \"*.corp.example\"]")]
    public IReadOnlyList<string> Internal { get; init; } = [];

    [Option("Whose content gives way to a plain page: an origin's error may hold a stack trace, or the page of a product.")]
    public HiddenErrors ErrorPages { get; init; } = HiddenErrors.ServerErrors;

    [Option("Whether internal names are replaced in text content too; origins are then asked for content without a coding.")]
    public bool Bodies { get; init; }

    [Option("A field by which origins know what came through here, so that they can refuse everyone else.")]
    public CloakProofOptions? Proof { get; init; }
}
