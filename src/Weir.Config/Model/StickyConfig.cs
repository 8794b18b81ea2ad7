using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>Keeps a client on its server by a cookie whose value is opaque and signed.</summary>
public sealed record StickyConfig
{
    [Option("The cookie's name.")]
    [Syntax(Syntax.Token)]
    public string Cookie { get; init; } = "weir_srv";

    [Option("How long the cookie is believed and kept; it is renewed after half of that. One of the browser's session is believed for a day.", Default = "the browser's session", Min = "1s")]
    public TimeSpan? Ttl { get; init; }

    /// <summary>Where it is written.</summary>
    public Position Position { get; init; } = Position.None;
}
