using Weir.Config.Model;

namespace Weir.Config.Checking;

/// <summary>Upstreams and their servers.</summary>
internal static class UpstreamChecker
{
    internal static void Check(IEnumerable<UpstreamConfig> upstreams, ErrorList errors)
    {
        foreach (UpstreamConfig upstream in upstreams)
        {
            CheckNames(upstream, errors);
            CheckProtocols(upstream, errors);
            CheckHealth(upstream.Health.Active, errors);
            CheckGrpc(upstream, errors);
            if (upstream.Servers.Count > 0 && upstream.Servers.All(server => server.Backup))
            {
                errors.Warning(
                    upstream.Servers[0].Position,
                    $"Every server of \"{upstream.Name}\" is a backup.",
                    "Remove `backup` where the server is meant to be used; with no other, backups serve all the time.");
            }
        }
    }

    /// <summary>Upstreams whose servers have the version of HTTP that other options leave them. Where none does, TLS decides.</summary>
    internal static OrderedDictionary<string, UpstreamConfig> FillIn(IReadOnlyDictionary<string, UpstreamConfig> upstreams)
    {
        OrderedDictionary<string, UpstreamConfig> filled = new(StringComparer.Ordinal);
        foreach ((string name, UpstreamConfig upstream) in upstreams)
        {
            ListenerProtocol? implied = upstream.ProxyProtocol != ProxyProtocolVersion.Off ? ListenerProtocol.H1
                : upstream.Health.Active is { Type: HealthCheckType.Grpc, Port: null } ? ListenerProtocol.H2 : null;
            filled[name] = implied is null ? upstream
                : upstream with { Servers = [.. upstream.Servers.Select(server => server.Protocol is null ? server with { Protocol = implied } : server)] };
        }

        return filled;
    }

    private static void CheckNames(UpstreamConfig upstream, ErrorList errors)
    {
        Dictionary<string, ServerConfig> seen = new(StringComparer.Ordinal);
        foreach (ServerConfig server in upstream.Servers)
        {
            string? name = server.Name ?? server.Url?.Authority ?? server.Dns?.ToString();
            if (name is not null && !seen.TryAdd(name, server))
            {
                errors.Error(
                    server.Position,
                    $"\"{upstream.Name}\" has two servers named {name}; the first is at line {seen[name].Position.Line}.",
                    "Remove one, or give it a `name`; a `weight` gives a server a larger share.");
            }

            if (server.Refresh is not null && server.Dns is null)
            {
                errors.Warning(
                    server.Position, "A server has `refresh` without `dns`.", "Remove it: a URL's name is looked up by its TTL.");
            }
        }
    }

    private static void CheckProtocols(UpstreamConfig upstream, ErrorList errors)
    {
        if (upstream.ProxyProtocol == ProxyProtocolVersion.Off)
        {
            return;
        }

        foreach (ServerConfig server in upstream.Servers.Where(server => server.Protocol == ListenerProtocol.H2))
        {
            errors.Error(
                server.Position,
                $"\"{upstream.Name}\" sends PROXY headers, and this server is spoken to in HTTP/2, where one connection serves many clients.",
                "Remove `proxy_protocol`: X-Forwarded-For and Forwarded name the client. Or remove `protocol: h2`.");
        }
    }

    private static void CheckGrpc(UpstreamConfig upstream, ErrorList errors)
    {
        if (upstream.Health.Active is not { Type: HealthCheckType.Grpc } check)
        {
            return;
        }

        if (upstream.ProxyProtocol != ProxyProtocolVersion.Off)
        {
            errors.Error(
                check.Position,
                $"A gRPC check asks over HTTP/2, and \"{upstream.Name}\" sends PROXY headers, which HTTP/2 has no place for.",
                "Remove `proxy_protocol`: X-Forwarded-For and Forwarded name the client. Or write another `type` of check.");
            return;
        }

        foreach (ServerConfig server in upstream.Servers.Where(server => check.Port is null && server.Protocol == ListenerProtocol.H1))
        {
            errors.Error(
                server.Position,
                "A gRPC check asks over HTTP/2, and this server is spoken to in HTTP/1.1.",
                "Remove `protocol: h1`, name the `port` where its health is served, or write another `type` of check.");
        }
    }

    private static void CheckHealth(ActiveHealthConfig? checks, ErrorList errors)
    {
        if (checks is not { Expect.Body: { } body })
        {
            return;
        }

        if (checks.Type != HealthCheckType.Http)
        {
            errors.Error(body.Position, $"A {(checks.Type == HealthCheckType.Tcp ? "TCP" : "gRPC")} check looks at no body.", "Remove `body`, or write `type: http`.");
        }
        else if (checks.Method == "HEAD")
        {
            errors.Error(body.Position, "The answer to HEAD has no body.", "Remove `body`, or write `method: GET`.");
        }
    }
}
