using Weir.Config.Model;
using Weir.Net.Rights;
using Weir.Telemetry.Events;

namespace Weir.Machine;

/// <summary>The directory for what outlives the process (process.data).</summary>
public static class DataFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    // Asked for the first time before root is given up: the folder of a process does not move when it becomes another user.
    private static readonly bool _hasBegunAsRoot = Environment.IsPrivilegedProcess;

    /// <summary>
    /// Where it is: as configured, else as systemd made it, else /var/lib/weir for root, else below the user's state directory.
    /// </summary>
    public static string PathOf(ProcessConfig config)
    {
        if (config.Data is { } configured)
        {
            return Config.ModulePlaces.ResolvePath(config.Position, configured);
        }

        // StateDirectory= of a unit; several are separated by colons.
        if (Environment.GetEnvironmentVariable("STATE_DIRECTORY") is { Length: > 0 } made)
        {
            return made.Split(':')[0];
        }

        if (_hasBegunAsRoot)
        {
            return "/var/lib/weir";
        }

        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string? state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        return Path.Combine(string.IsNullOrEmpty(state) ? Path.Combine(home, ".local", "state") : state, "weir");
    }

    /// <summary>
    /// Makes it where it is missing and takes others' rights away where it is there. False, with an event, when it cannot be.
    /// </summary>
    /// <param name="path">The directory.</param>
    /// <param name="log">Where operators read.</param>
    /// <param name="owner">Whose it is to be, when root makes it for another; null: whoever runs this.</param>
    public static bool TryPrepare(string path, WeirLog log, ProcessUser? owner = null)
    {
        try
        {
            DirectoryInfo directory = Directory.CreateDirectory(path, OwnerOnly);
            if (owner is not null && owner.Own(path) is not 0 and var error)
            {
                log.Write(OperatorEvents.DataDirectoryFailed, path, $"its owner cannot be changed (error {error})");
                return false;
            }

            if ((directory.UnixFileMode & ~OwnerOnly) != UnixFileMode.None)
            {
                log.Write(OperatorEvents.DataDirectoryOpen, path, Convert.ToString((int)directory.UnixFileMode, 8));
                directory.UnixFileMode &= OwnerOnly;
            }

            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log.Write(OperatorEvents.DataDirectoryFailed, path, exception.Message);
            return false;
        }
    }
}
