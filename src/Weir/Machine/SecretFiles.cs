using Weir.Abstractions.Options;
using Weir.Config;
using Weir.Config.Checking;
using Weir.Config.Model;

namespace Weir.Machine;

/// <summary>Whether the files that hold secrets are secret.</summary>
internal static class SecretFiles
{
    private const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>A warning for each file with a secret of this configuration that its group or others can read or write.</summary>
    public static IEnumerable<ConfigError> Review(WeirConfig config)
    {
        foreach ((string option, string file, Position place) in SecretOptions.Of(config))
        {
            if (Mode(ModulePlaces.ResolvePath(place, file)) is { } mode && (mode & Others) != UnixFileMode.None)
            {
                yield return new ConfigError(
                    place.File, place.Line, place.Column,
                    $"{option}: other users can read '{file}' (mode {Convert.ToString((int)mode, 8).PadLeft(4, '0')}), which holds a secret.",
                    $"Run `chmod 600 {file}`, and make what it holds anew if it may be known.",
                    IsWarning: true);
            }
        }
    }

    private static UnixFileMode? Mode(string path)
    {
        try
        {
            return File.GetUnixFileMode(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // That it cannot be read is told by whoever reads it.
            return null;
        }
    }
}
