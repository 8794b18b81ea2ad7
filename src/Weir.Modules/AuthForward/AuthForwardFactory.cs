using System.Text;
using Weir.Abstractions.Modules;

namespace Weir.Modules.AuthForward;

/// <summary>Makes `auth_forward`.</summary>
public sealed class AuthForwardFactory : ModuleFactory<AuthForwardOptions>
{
    /// <inheritdoc/>
    public override string Name => "auth_forward";

    /// <inheritdoc/>
    public override string Summary => "Asks a service whether a request may pass.";

    /// <inheritdoc/>
    public override IReadOnlyList<OrderHint> OrderHints { get; } = AuthOrder.Of("auth_forward");

    /// <inheritdoc/>
    protected override IModule? Create(AuthForwardOptions options, ModuleBuilder builder)
    {
        CheckedBuilder check = new(builder);
        check.UseUpstream("to", options.To);
        int mark = options.Path.IndexOf('?');
        string path = mark < 0 ? options.Path : options.Path[..mark];
        if (!options.Path.StartsWith('/') || options.Path.Any(letter => letter is <= ' ' or > '~' or '#'))
        {
            check.Error("path", $"\"{options.Path}\" is no path.", "Begin it with \"/\", and encode what is not plain ASCII.");
        }

        OwnField?[] copied = [.. options.Copy.Select((name, i) => OwnField.Read(check, $"copy[{i}]", name))];
        foreach ((int i, string name) in options.Send.Index())
        {
            FieldNames.Check(check, $"send[{i}]", name);
        }

        if (options.OnFailure == FailureMode.Allow)
        {
            check.Warning(
                "on_failure", "While the service cannot be asked, everyone passes.", "Leave it out where that would give something away.");
        }

        return check.HasErrors
            ? null
            : new AuthForwardModule(
                options.To, Encoding.ASCII.GetBytes(path), mark < 0 ? null : Encoding.ASCII.GetBytes(options.Path[(mark + 1)..]))
            {
                Copied = [.. options.Copy.Zip(copied, (name, field) => (Encoding.ASCII.GetBytes(name), field!))],
                Sent = [.. options.Send.Select(Encoding.ASCII.GetBytes)],
                TimeoutMs = (int)options.Timeout.TotalMilliseconds,
                AllowsOnFailure = options.OnFailure == FailureMode.Allow,
            };
    }
}
