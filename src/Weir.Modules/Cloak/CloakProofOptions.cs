using Weir.Abstractions.Options;

namespace Weir.Modules.Cloak;

/// <summary>The field that proves to origins where a request came from.</summary>
public sealed record CloakProofOptions
{
    [Option("The field's name. What a client sends under it never reaches an origin.")]
    public string Header { get; init; } = "X-Origin-Proof";

    [Option("The file that holds the value: one line of visible characters, 16 at least.", IsRequired = true, IsSecretFile = true, Example = "origin-proof.txt")]
    public string File { get; init; } = "";
}
