using System.CommandLine;

namespace Weir.Cli.Control;

/// <summary>The options by which a running Weir is found; the same for every command that talks to one.</summary>
internal sealed class AdminOptions
{
    private readonly Option<string?> _admin = new("--admin")
    {
        Description = "The admin's unix socket, or http://HOST:PORT. Else the one of the file of -c, else the default socket.",
        HelpName = "SOCKET|URL",
    };

    private readonly Option<string?> _token = new("--token-file")
    {
        Description = "The file with the admin's token: for changes over TCP. The socket needs none.",
        HelpName = "FILE",
    };

    private readonly Option<string?> _config = new("--config", "-c") { Description = "The configuration file of the running Weir.", HelpName = "FILE" };

    private readonly Option<bool> _json = new("--json") { Description = "Print the admin's JSON." };

    /// <summary>Adds them to a command.</summary>
    public void AddTo(Command command)
    {
        command.Options.Add(_admin);
        command.Options.Add(_token);
        command.Options.Add(_config);
        command.Options.Add(_json);
    }

    public bool IsJson(ParseResult result) => result.GetValue(_json);

    /// <summary>A link to the Weir that is meant; null after a message to standard error.</summary>
    public Task<AdminLink?> ConnectAsync(ParseResult result) =>
        AdminLink.FindAsync(result.GetValue(_admin), result.GetValue(_config), result.GetValue(_token));
}
