using Weir.Abstractions.Options;

namespace Weir.Modules.AuthBasic;

/// <summary>Options of `auth_basic`.</summary>
public sealed record AuthBasicOptions
{
    [Option("The file of users and their hashed passwords, as htpasswd and mkpasswd make it: bcrypt, yescrypt, sha512-crypt or apr1. It is watched.",
        IsShorthand = true, IsRequired = true, Example = "users.htpasswd")]
    public string UsersFile { get; init; } = "";

    [Option("What browsers call the place that the password is for.")]
    public string Realm { get; init; } = "Restricted";

    [Option("The field of the request that tells the origin who it is; what a client sends under that name never gets through.",
        Default = "none", Example = "X-Auth-User")]
    public string? UserHeader { get; init; }

    [Option("Whether the password is taken out of the request; else the origin gets Authorization as it was sent.")]
    public bool Hide { get; init; }

    [Option("How long a password that was checked is remembered, as a keyed digest: it is not hashed again meanwhile.", Min = "0s", Max = "1h")]
    public TimeSpan Remember { get; init; } = TimeSpan.FromMinutes(1);

    [Option("Passwords that wait for being hashed at once; who comes beyond gets 503.", Min = "1", Max = "10000")]
    public int Waiting { get; init; } = 64;
}
