using Weir.Abstractions.Options;
using Weir.Admin.Access;
using Weir.Config;
using Weir.Config.Model;
using Weir.Telemetry.Events;

namespace Weir.Admin.Serving;

/// <summary>
/// What the admin needs of the machine: its sockets and its token. Opened before anything serves, so that what is wrong with them is told
/// where it can still be mended at leisure.
/// </summary>
public sealed class OpenedAdmin
{
    private OpenedAdmin(AdminConfig config, AdminSockets sockets, AdminToken? token)
    {
        Config = config;
        Sockets = sockets;
        Token = token;
    }

    internal AdminConfig Config { get; }

    internal AdminSockets Sockets { get; }

    internal AdminToken? Token { get; }

    /// <summary>
    /// Opens it. Null when it is off, and after errors, which are in the list. Places that the configuration does not name and another
    /// process holds are told to the log, and it does without them.
    /// </summary>
    public static OpenedAdmin? Open(WeirConfig config, WeirLog log, List<ConfigError> errors)
    {
        if (config.Admin.IsOff)
        {
            return null;
        }

        List<ConfigError> found = [];
        AdminToken? token = TokenOf(config.Admin, found);
        AdminSockets sockets = AdminSockets.Open(config, log, found);
        errors.AddRange(found);
        if (found.Exists(error => !error.IsWarning))
        {
            sockets.Close();
            return null;
        }

        return new OpenedAdmin(config.Admin, sockets, token);
    }

    /// <summary>Gives the sockets back, where no admin was started on them.</summary>
    public void Close() => Sockets.Close();

    private static AdminToken? TokenOf(AdminConfig config, List<ConfigError> errors)
    {
        if (config.TokenFile is not { } written)
        {
            return null;
        }

        string file = ModulePlaces.ResolvePath(config.Position, written);
        if (AdminToken.Read(file, out string problem) is null)
        {
            errors.Add(new ConfigError(
                config.Position.File, config.Position.Line, config.Position.Column, $"admin.token_file: {file} cannot be used: {problem}.",
                $"Make one: (umask 077; head -c 24 /dev/urandom | base64 > {file})"));
        }

        return new AdminToken(file);
    }
}
