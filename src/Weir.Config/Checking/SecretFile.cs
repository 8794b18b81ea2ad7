using Weir.Config.Model;

namespace Weir.Config.Checking;

/// <summary>A file with a secret, as a configuration names it.</summary>
/// <param name="Option">The option: "admin.token_file".</param>
/// <param name="File">The file, as written.</param>
/// <param name="Position">Where it is written, or what it is written in.</param>
public sealed record SecretFile(string Option, string File, Position Position);
