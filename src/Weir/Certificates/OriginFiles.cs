using Weir.Config;
using Weir.Config.Model;
using Weir.Net.Tls;
using Weir.Telemetry.Events;
using Weir.Upstream.Connecting;

namespace Weir.Certificates;

/// <summary>
/// The files that servers' `tls` names, watched: what they hold is used by connections that are made after they have changed. Any thread;
/// one lock. A server that is gone is forgotten with its TLS.
/// </summary>
internal sealed class OriginFiles
{
    private readonly Lock _lock = new();
    private readonly List<Followed> _followed = [];

    /// <summary>Makes a server's TLS from its files, and watches them from then on.</summary>
    public OriginTls Make(ServerConfig config, Func<TlsClientOptions?, OriginTls> make)
    {
        // Before they are read: what is written meanwhile is a change.
        CertificateWatch watch = new();
        watch.Know(FilesOf(config));
        OriginTls tls = make(OriginCertificates.OptionsOf(config, static (_, _) => { }));
        if (config.Tls is { Ca: not null } or { Certificate: not null })
        {
            lock (_lock)
            {
                _followed.RemoveAll(one => !one.Tls.TryGetTarget(out _));
                _followed.Add(new Followed(config, new WeakReference<OriginTls>(tls), watch));
            }
        }

        return tls;
    }

    /// <summary>Looks whether files have changed, and hands over what they hold. One call at a time.</summary>
    public void Look(WeirLog log)
    {
        Followed[] changed;
        lock (_lock)
        {
            changed = [.. _followed.Where(one => one.Watch.HasSettledChange())];
        }

        List<string> renewed = [];
        foreach (Followed one in changed)
        {
            if (one.Tls.TryGetTarget(out OriginTls? tls) && Renew(one, tls, log))
            {
                renewed.Add(OriginCertificates.NameOf(one.Config));
            }
        }

        if (renewed.Count > 0)
        {
            log.Write(OperatorEvents.OriginFilesRenewed, string.Join(", ", renewed.Distinct().Take(5)));
        }
    }

    private static bool Renew(Followed one, OriginTls tls, WeirLog log)
    {
        WatchedFile[] files = FilesOf(one.Config);
        string problem = "";
        TlsClientOptions? options = OriginCertificates.OptionsOf(one.Config, (cause, _) => problem = cause);
        one.Watch.Know(files);
        if (options is not null && tls.Renew(options, out problem))
        {
            return true;
        }

        log.Write(OperatorEvents.OriginFilesKept, OriginCertificates.NameOf(one.Config), problem.TrimEnd('.'));
        return false;
    }

    private static WatchedFile[] FilesOf(ServerConfig config) => config.Tls is not { } tls
        ? []
        : [.. new[] { tls.Ca, tls.Certificate, tls.Key }.OfType<string>().Select(file => WatchedFile.Of(ModulePlaces.ResolvePath(tls.Position, file)))];

    private sealed record Followed(ServerConfig Config, WeakReference<OriginTls> Tls, CertificateWatch Watch);
}
