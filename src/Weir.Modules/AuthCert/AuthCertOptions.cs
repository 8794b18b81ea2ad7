using Weir.Abstractions.Options;

namespace Weir.Modules.AuthCert;

/// <summary>Options of `auth_cert`.</summary>
public sealed record AuthCertOptions
{
    [Option("Subjects of certificates that are let in, whole and in their order.", Example = "[\"CN=alice, O=Example\"]")]
    public IReadOnlyList<string> Subjects { get; init; } = [];

    [Option("SHA-256 of certificates that are let in, in hexadecimal, with or without colons.", Example = "[\"AB:CD:…\"]")]
    public IReadOnlyList<string> Fingerprints { get; init; } = [];

    [Option("The field of the request that tells the origin the subject; what a client sends under that name never gets through.",
        Default = "none", Example = "X-Client-Subject")]
    public string? SubjectHeader { get; init; }
}
