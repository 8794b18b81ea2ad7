using Weir.Config;
using Weir.Config.Model;
using Weir.Machine;

namespace Weir.Admin.Serving;

/// <summary>Where the admin's socket is, for who serves it and for who looks for it.</summary>
public static class AdminPlaces
{
    private const string Name = "admin.sock";
    private const string RootSocket = "/run/weir/" + Name;

    /// <summary>The port of the admin on loopback, where the configuration says nothing.</summary>
    public static ListenAddress DefaultListen { get; } = new(Abstractions.Exchanges.IpAddress.FromIPv4(0x7F000001), 9900, null);

    /// <summary>
    /// The socket of a configuration: what it says, else the directory that systemd made for run time, else /run/weir for root, else
    /// the data directory.
    /// </summary>
    public static string SocketOf(WeirConfig config)
    {
        if (config.Admin.Socket is { } written)
        {
            return ModulePlaces.ResolvePath(config.Admin.Position, written);
        }

        if (Environment.GetEnvironmentVariable("RUNTIME_DIRECTORY") is { Length: > 0 } given)
        {
            return Path.Combine(given.Split(':')[0], Name);
        }

        return Environment.IsPrivilegedProcess && config.Process.Data is null
            ? RootSocket
            : Path.Combine(DataFolder.PathOf(config.Process), Name);
    }

    /// <summary>Where a Weir that was started without a word about its socket may have it, most likely place first.</summary>
    public static IReadOnlyList<string> Candidates() =>
        [.. new[] { SocketOf(new WeirConfig()), RootSocket, Path.Combine(DataFolder.PathOf(new ProcessConfig()), Name), "/var/lib/weir/" + Name }.Distinct(StringComparer.Ordinal)];
}
