using Weir.Abstractions.Options;
using Weir.Config.Model;
using Weir.Hosting;
using Weir.Net.Rights;
using Weir.Telemetry.Events;

namespace Weir.Machine;

/// <summary>What a process does with the rights it was started with: it takes what needs them, then gives them up.</summary>
public static class Rights
{
    // Weir's own: any other folder that is there already keeps its owner.
    private const string RuntimeFolder = "/run/weir";

    /// <summary>
    /// Called once, before anything serves and before any file of a user's is opened: takes inherited sockets; as root binds every
    /// listener, makes the data directory and becomes `process.user`. False after errors, which are in the list.
    /// </summary>
    /// <param name="config">The configuration.</param>
    /// <param name="log">Where it is told.</param>
    /// <param name="errors">What makes a start impossible.</param>
    /// <param name="folder">A folder that must be the user's beside the data directory, because a socket is made in it; null: none.</param>
    public static bool Settle(WeirConfig config, WeirLog log, List<ConfigError> errors, string? folder = null)
    {
        MachineLimits.FitHeap();
        errors.AddRange(SecretFiles.Review(config));
        HeldSockets.OfProcess.Inherit(log);
        ProcessConfig process = config.Process;
        string data = DataFolder.PathOf(process);
        if (!ProcessUser.IsRoot)
        {
            Tighten(data, log);
            return true;
        }

        if (process.User is not { } name)
        {
            log.Write(OperatorEvents.RootWithoutUser);
            Tighten(data, log);
            return true;
        }

        if (ProcessUser.Find(name) is not { } user)
        {
            errors.Add(
                At(process.Position, $"process.user: this machine has no user '{name}'.", "Make it (useradd --system), or name another."));
            return false;
        }

        ProcessUser.GainNothing();
        if (!BoundListener.TryHold(config, log, errors))
        {
            return false;
        }

        // Without it Weir serves and forgets: an event says so.
        _ = DataFolder.TryPrepare(data, log, user);
        if (folder is not null && (folder == RuntimeFolder || !Directory.Exists(folder)))
        {
            _ = DataFolder.TryPrepare(folder, log, user);
        }

        return TryBecome(user, process, log, errors);
    }

    /// <summary>Called when it serves: says what will not work later.</summary>
    public static void Review(WeirConfig config, WeirLog log)
    {
        HeldSockets.OfProcess.CloseRest(log);
        if (config.Log.Access is { IsOff: false } access && access.To != "stdout")
        {
            string file = Config.ModulePlaces.ResolvePath(access.Position, access.To);
            if (Path.GetDirectoryName(file) is { } folder && !ProcessUser.CanWrite(folder))
            {
                log.Write(OperatorEvents.AccessLogFolderClosed, file);
            }
        }
    }

    private static void Tighten(string data, WeirLog log)
    {
        // One that is not there is made by what needs it.
        if (Directory.Exists(data))
        {
            _ = DataFolder.TryPrepare(data, log);
        }
    }

    private static bool TryBecome(ProcessUser user, ProcessConfig process, WeirLog log, List<ConfigError> errors)
    {
        int error = user.Become();
        if (error != 0)
        {
            errors.Add(At(
                process.Position, $"process.user: Weir cannot become '{user.Name}' (error {error}).", "Give it CAP_SETUID and CAP_SETGID, or start it as that user."));
            return false;
        }

        log.Write(OperatorEvents.PrivilegesDropped, user.Name);
        return true;
    }

    private static ConfigError At(Position place, string cause, string remedy) => new(place.File, place.Line, place.Column, cause, remedy);
}
