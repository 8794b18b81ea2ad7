using Weir.Abstractions.Options;

namespace Weir.Modules.AuthKey;

/// <summary>Options of `auth_key`.</summary>
public sealed record AuthKeyOptions
{
    [Option("The file of keys: a label and the SHA-256 of a key in hexadecimal a line. It is watched.",
        IsShorthand = true, IsRequired = true, Example = "api-keys.txt")]
    public string KeysFile { get; init; } = "";

    [Option("The field that holds the key; in Authorization it stands behind Bearer.")]
    public string Header { get; init; } = "X-Api-Key";

    [Option("A parameter of the query that may hold the key instead. Prefer a field: addresses are kept in histories and logs of others.",
        Default = "none", Example = "api_key")]
    public string? Query { get; init; }

    [Option("The field of the request that tells the origin the key's label; what a client sends under that name never gets through.",
        Default = "none", Example = "X-Api-Client")]
    public string? LabelHeader { get; init; }

    [Option("Whether the field with the key is taken out of the request. One in the query always is.")]
    public bool Hide { get; init; } = true;
}
