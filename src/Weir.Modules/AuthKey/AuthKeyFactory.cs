using System.Text;
using Weir.Abstractions.Modules;

namespace Weir.Modules.AuthKey;

/// <summary>Makes `auth_key`.</summary>
public sealed class AuthKeyFactory : ModuleFactory<AuthKeyOptions>
{
    private const string Remedy = "Write LABEL:HASH a line, the hash as of `printf %s \"$KEY\" | sha256sum`.";

    /// <inheritdoc/>
    public override string Name => "auth_key";

    /// <inheritdoc/>
    public override string Summary => "Asks for a key of an API, by a file of hashed ones.";

    /// <inheritdoc/>
    public override IReadOnlyList<OrderHint> OrderHints { get; } = AuthOrder.Of("auth_key");

    /// <inheritdoc/>
    protected override IModule? Create(AuthKeyOptions options, ModuleBuilder builder)
    {
        CheckedBuilder check = new(builder);
        WatchedContent<KeyTable>? keys = WatchedContent<KeyTable>.Open(check, "keys_file", options.KeysFile, KeyTable.Parse, Remedy);
        OwnField? label = OwnField.Read(check, "label_header", options.LabelHeader);
        FieldNames.Check(check, "header", options.Header);
        if (options.Query is { } query
            && (query.Length == 0 || !query.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.')))
        {
            check.Error("query", $"\"{query}\" is not a parameter that needs no encoding.", "Use letters, digits, \"_\", \"-\" and \".\".");
        }

        if (check.HasErrors || keys is null)
        {
            keys?.Dispose();
            return null;
        }

        return new AuthKeyModule(keys, Encoding.ASCII.GetBytes(options.Header))
        {
            Parameter = options.Query is { } parameter ? Encoding.ASCII.GetBytes(parameter) : null,
            Label = label,
            Hides = options.Hide,
        };
    }
}
