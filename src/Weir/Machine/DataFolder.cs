using Weir.Config.Model;

namespace Weir.Machine;

/// <summary>The directory for what outlives the process (process.data).</summary>
internal static class DataFolder
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Where it is: as configured, else /var/lib/weir for root, else below the user's state directory.</summary>
    public static string PathOf(ProcessConfig config)
    {
        if (config.Data is { } configured)
        {
            return Config.ModulePlaces.ResolvePath(config.Position, configured);
        }

        if (Environment.IsPrivilegedProcess)
        {
            return "/var/lib/weir";
        }

        string home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string? state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        return Path.Combine(string.IsNullOrEmpty(state) ? Path.Combine(home, ".local", "state") : state, "weir");
    }

    /// <summary>Makes it, for this user alone, if it is missing.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">This user may not make it.</exception>
    public static void Ensure(string path)
    {
        if (!Directory.Exists(path))
        {
            Directory.CreateDirectory(path, OwnerOnly);
        }
    }
}
