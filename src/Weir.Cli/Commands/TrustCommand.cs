using System.CommandLine;
using Weir.Cli.Control;
using Weir.Config;
using Weir.Config.Model;
using Weir.LocalAuthority;
using Weir.Modules;

namespace Weir.Cli.Commands;

/// <summary>weir trust.</summary>
internal static class TrustCommand
{
    public static Command Create()
    {
        Option<string?> file = new("--config", "-c") { Description = "The configuration file, for its data directory.", HelpName = "FILE" };
        Option<bool> print = new("--print") { Description = "Print the root in PEM, and change nothing." };
        Option<bool> uninstall = new("--uninstall") { Description = "Take it out of this machine's trusted authorities." };
        Command command = new("trust", """
            Weir certifies names that no public authority does (localhost, addresses, *.internal) with an authority of its own. This makes
            the programs of this machine believe it; it needs root. Browsers that keep lists of their own take the file of --print.

            Example:  weir trust
                      weir trust --print > root.pem && curl --cacert root.pem https://localhost
                      weir trust --uninstall
            """) { file, print, uninstall };
        command.SetAction(result => RunAsync(result.GetValue(file), result.GetValue(print), result.GetValue(uninstall)));
        return command;
    }

    private static async Task<int> RunAsync(string? file, bool mustPrint, bool mustUninstall)
    {
        TrustStore store = new();
        if (mustUninstall)
        {
            return Tell(await store.UninstallAsync(), $"{store.File} is gone: this machine no longer trusts Weir's authority.");
        }

        if (ProcessOf(file) is not { } process || FindRoot(process) is not { } root)
        {
            return ExitCode.Refused;
        }

        if (mustPrint)
        {
            Console.Out.Write(root.Pem);
            return ExitCode.Done;
        }

        if (!Environment.IsPrivilegedProcess)
        {
            Console.Error.WriteLine(
                $"weir: only root may change what this machine trusts. Write the root with `weir trust --print > ROOT.pem`, then: {store.ByHand}");
            return ExitCode.Refused;
        }

        return Tell(
            await store.InstallAsync(root.Pem),
            $"This machine now trusts \"{root.Name}\" until {root.NotAfter:yyyy-MM-dd}. Programs that run have to be started anew.");
    }

    private static int Tell(string? problem, string done)
    {
        if (problem is not null)
        {
            Console.Error.WriteLine($"weir: {problem}");
            return ExitCode.Refused;
        }

        Console.Out.WriteLine(done);
        return ExitCode.Done;
    }

    private static ProcessConfig? ProcessOf(string? file)
    {
        if (file is null)
        {
            return new ProcessConfig();
        }

        ConfigResult read = ConfigReader.Read(file, new StandardModules());
        return ConfigFile.Report([.. read.Errors.Where(error => !error.IsWarning)]) ? null : read.Config?.Process;
    }

    private static LocalAuthorityRoot? FindRoot(ProcessConfig process)
    {
        string path = LocalAuthorityRoot.PathOf(process);
        try
        {
            if (LocalAuthorityRoot.Find(process) is { } root)
            {
                return root;
            }

            Console.Error.WriteLine(
                $"weir: there is no local authority at {path}. Weir makes it when a site such as localhost has `tls: auto`; -c FILE says where its "
                + "data is.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine($"weir: {path} cannot be read: {exception.Message}. Ask as Weir's own user, or as root.");
        }

        return null;
    }
}
