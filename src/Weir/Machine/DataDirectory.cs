using Weir.Config;
using Weir.Config.Model;
using Weir.Net.Rights;
using Weir.Telemetry.Events;

namespace Weir.Machine;

/// <summary>The directory for what outlives the process. Only its user may look into it.</summary>
public static class DataDirectory
{
    private const UnixFileMode Private = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>
    /// The directory of a configuration: what `process.data` says; else the one that systemd made; else root's, or the one of the user's state.
    /// </summary>
    public static string PathOf(ProcessConfig config)
    {
        if (config.Data is { } written)
        {
            return ModulePlaces.ResolvePath(config.Position, written);
        }

        // StateDirectory= of a unit; several are separated by colons.
        if (Environment.GetEnvironmentVariable("STATE_DIRECTORY") is { Length: > 0 } given)
        {
            return given.Split(':')[0];
        }

        if (ProcessUser.IsRoot)
        {
            return "/var/lib/weir";
        }

        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string state = Environment.GetEnvironmentVariable("XDG_STATE_HOME") is { Length: > 0 } set ? set : Path.Combine(home, ".local", "state");
        return Path.Combine(state, "weir");
    }

    /// <summary>
    /// Makes the directory where it is missing, mode 0700, and takes others' rights away where it is there. False, with an event, when it cannot.
    /// </summary>
    /// <param name="path">The directory.</param>
    /// <param name="log">Where operators read.</param>
    /// <param name="owner">Whose it is to be, when root makes it for another; null: whoever runs this.</param>
    public static bool TryPrepare(string path, WeirLog log, ProcessUser? owner = null)
    {
        try
        {
            DirectoryInfo directory = Directory.CreateDirectory(path, Private);
            if (owner is not null && owner.Own(path) is not 0 and var error)
            {
                log.Write(OperatorEvents.DataDirectoryFailed, path, $"its owner cannot be changed (error {error})");
                return false;
            }

            if ((directory.UnixFileMode & ~Private) != UnixFileMode.None)
            {
                log.Write(OperatorEvents.DataDirectoryOpen, path, Convert.ToString((int)directory.UnixFileMode, 8));
                directory.UnixFileMode &= Private;
            }

            return true;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            log.Write(OperatorEvents.DataDirectoryFailed, path, exception.Message);
            return false;
        }
    }

    /// <summary>Makes or empties a file that only its user may read: a key, a token, a saved state.</summary>
    /// <exception cref="IOException">The system refuses it.</exception>
    public static FileStream CreateFile(string path)
    {
        FileStream file = new(path, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });

        // A file that was there keeps its mode otherwise.
        File.SetUnixFileMode(file.SafeFileHandle, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }
}
