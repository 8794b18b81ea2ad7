using System.Text;
using Weir.Abstractions.Modules;

namespace Weir.Modules.AuthBasic;

/// <summary>Makes `auth_basic`.</summary>
public sealed class AuthBasicFactory : ModuleFactory<AuthBasicOptions>
{
    private const string Remedy = "Make lines with `htpasswd -nB USER` or `mkpasswd -m yescrypt`: USER:HASH.";

    /// <inheritdoc/>
    public override string Name => "auth_basic";

    /// <inheritdoc/>
    public override string Summary => "Asks for a name and a password, by a file of hashed ones.";

    /// <inheritdoc/>
    public override IReadOnlyList<OrderHint> OrderHints { get; } = AuthOrder.Of("auth_basic");

    /// <inheritdoc/>
    protected override IModule? Create(AuthBasicOptions options, ModuleBuilder builder)
    {
        CheckedBuilder check = new(builder);
        WatchedContent<UserTable>? users = WatchedContent<UserTable>.Open(check, "users_file", options.UsersFile, UserTable.Parse, Remedy);
        OwnField? user = OwnField.Read(check, "user_header", options.UserHeader);
        if (options.Realm.Any(letter => letter is < ' ' or > '~' or '"' or '\\'))
        {
            check.Error("realm", "The realm holds a quote, a backslash or a letter beyond ASCII.", "Use plain letters: browsers agree on nothing else.");
        }

        if (check.HasErrors || users is null)
        {
            users?.Dispose();
            return null;
        }

        PasswordQueue queue = builder.Share(
            "auth_basic queue", static () => new PasswordQueue(Math.Max(1, Environment.ProcessorCount / 2)));
        byte[] challenge = Encoding.ASCII.GetBytes($"Basic realm=\"{options.Realm}\", charset=\"UTF-8\"");
        return new AuthBasicModule(users, queue, new RememberedLogins((long)options.Remember.TotalMilliseconds), challenge)
        {
            User = user,
            Hides = options.Hide,
            MostWaiting = options.Waiting,
        };
    }
}
