using Weir.Config.Model;

namespace Weir.Config.Checking;

/// <summary>Listeners: their defaults, and that no two are the same.</summary>
internal static class ListenerChecker
{
    private const int HttpsPort = 443;

    internal static IReadOnlyList<ListenerConfig> Check(
        WeirConfig config, IEnumerable<SiteConfig> sites, StackResolver stacks, ErrorList errors)
    {
        bool isDefault = config.Listen.Count == 0;
        ListenerConfig[] listeners = isDefault ? Default(sites) : [.. config.Listen];
        Dictionary<string, Position> seen = new(StringComparer.Ordinal);
        for (int i = 0; i < listeners.Length; i++)
        {
            ListenerConfig listener = WithDefaults(listeners[i]);
            listeners[i] = listener with { Connections = stacks.Resolve(listener.Connections) };
            bool isFreePort = listener.Address is { Port: 0, IsUnix: false };
            if (!isFreePort && !seen.TryAdd(listener.Address.ToString(), listener.Position))
            {
                Position first = seen[listener.Address.ToString()];
                errors.Error(
                    listener.Position, $"{listener.Address} is listened on twice; the first is at line {first.Line}.", "Remove one.");
            }

            if (listener is { ReusePort: true, Address.IsUnix: true })
            {
                errors.Error(
                    listener.Position, $"{listener.Address} is a unix socket, and `reuse_port` shares a port.", "Remove `reuse_port`.");
            }
        }

        return listeners;
    }

    private static ListenerConfig WithDefaults(ListenerConfig listener)
    {
        bool isTls = listener.Tls ?? listener.Address is { Port: HttpsPort, IsUnix: false };
        ListenerProtocol[] protocols = isTls ? [ListenerProtocol.H1, ListenerProtocol.H2] : [ListenerProtocol.H1];
        return listener with { Tls = isTls, Protocols = listener.Protocols.Count > 0 ? listener.Protocols : protocols };
    }

    // A public host whose TLS is off needs no port 443, where nothing could answer it.
    private static ListenerConfig[] Default(IEnumerable<SiteConfig> sites)
    {
        SiteConfig[] named = [.. sites.Where(site => site.Tls.Mode == SiteTlsMode.Auto || site.Hosts.Any(host => host.IsPublic))];
        if (named.Length == 0)
        {
            return [new ListenerConfig { Address = ListenAddress.Any(8080) }];
        }

        ListenerConfig http = new() { Address = ListenAddress.Any(80), Position = named[0].Position };
        SiteConfig? secure = Array.Find(named, site => site.Tls.Mode != SiteTlsMode.Off);
        return secure is null ? [http] : [http, http with { Address = ListenAddress.Any(HttpsPort), Position = secure.Position }];
    }
}
