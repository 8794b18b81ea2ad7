using System.Net;

namespace Weir.Upstream.Resolving;

/// <summary>resolv.conf and hosts, read again when they change. Thread-safe: what was read is immutable and swapped.</summary>
internal sealed class ResolverFiles
{
    // Lists that block advertisements reach a few megabytes; anything above this is not a hosts file.
    private const long MaxLength = 16 << 20;

    private readonly string _resolvConfPath;
    private readonly string _hostsPath;
    private readonly Func<ResolvConf, ResolvConf> _adjust;
    private readonly Lock _lock = new();
    private Stamp _resolvConfStamp;
    private Stamp _hostsStamp;
    private ResolvConf _resolvConf;
    private HostsFile _hosts = HostsFile.Empty;

    /// <param name="resolvConfPath">Usually /etc/resolv.conf.</param>
    /// <param name="hostsPath">Usually /etc/hosts.</param>
    /// <param name="adjust">Applied to every resolv.conf that is read: where settings of Weir's own win over the file's.</param>
    public ResolverFiles(string resolvConfPath, string hostsPath, Func<ResolvConf, ResolvConf> adjust)
    {
        _resolvConfPath = resolvConfPath;
        _hostsPath = hostsPath;
        _adjust = adjust;
        _resolvConf = adjust(ResolvConf.Parse("", Dns.GetHostName()));
        CheckForChanges();
    }

    public ResolvConf ResolvConf => Volatile.Read(ref _resolvConf);

    public HostsFile Hosts => Volatile.Read(ref _hosts);

    /// <summary>Reads a file again whose time or length changed; true if one did. An unreadable file leaves the last content.</summary>
    public bool CheckForChanges()
    {
        lock (_lock)
        {
            bool hasChanged = false;
            if (TryReadChanged(_resolvConfPath, ref _resolvConfStamp, out string text))
            {
                Volatile.Write(ref _resolvConf, _adjust(ResolvConf.Parse(text, Dns.GetHostName())));
                hasChanged = true;
            }

            if (TryReadChanged(_hostsPath, ref _hostsStamp, out text))
            {
                Volatile.Write(ref _hosts, HostsFile.Parse(text));
                hasChanged = true;
            }

            return hasChanged;
        }
    }

    private static bool TryReadChanged(string path, ref Stamp stamp, out string text)
    {
        text = "";
        try
        {
            // The stamp is taken before the text: a change in between shows at the next check.
            FileInfo file = new(path);
            Stamp current = file.Exists ? new Stamp(file.LastWriteTimeUtc, file.Length) : default;
            if (current == stamp)
            {
                return false;
            }

            text = file.Exists && file.Length <= MaxLength ? File.ReadAllText(path) : "";
            stamp = current;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private readonly record struct Stamp(DateTime WrittenAt, long Length);
}
