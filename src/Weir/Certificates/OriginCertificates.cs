using Weir.Abstractions.Options;
using Weir.Config.Model;
using Weir.Net.Tls;

namespace Weir.Certificates;

/// <summary>What servers' `tls` names: read when a server is made, and checked beforehand.</summary>
internal static class OriginCertificates
{
    /// <summary>Whether Weir speaks TLS to a server.</summary>
    public static bool IsSecure(ServerConfig server) => server.Url is { } url ? url.IsTls : server.Tls is not null;

    /// <summary>The versions of HTTP that Weir speaks to a server; both: TLS agrees on one.</summary>
    public static AlpnProtocols ProtocolsOf(ServerConfig server) => server.Protocol switch
    {
        ListenerProtocol.H2 => AlpnProtocols.Http2,
        ListenerProtocol.H1 => AlpnProtocols.Http1,
        _ => IsSecure(server) ? AlpnProtocols.Http1 | AlpnProtocols.Http2 : AlpnProtocols.Http1,
    };

    /// <summary>Reports files that cannot be used, and servers that are not verified.</summary>
    public static void Check(WeirConfig config, List<ConfigError> errors)
    {
        foreach (ServerConfig server in config.Upstreams.Values.SelectMany(upstream => upstream.Servers).Where(IsSecure))
        {
            if (OpenSsl.Problem is { } problem)
            {
                Report(errors, server.Position, problem, "Or speak plain HTTP to the server.");
                return;
            }

            if (server.Tls is not { } tls)
            {
                continue;
            }

            _ = OptionsOf(server, (cause, remedy) => Report(errors, tls.Position, cause, remedy));
            if (tls.Insecure)
            {
                Report(
                    errors, tls.Position, $"TLS to {server.Name ?? NameOf(server)} is not verified: whoever stands in between can read and change everything.",
                    "Use `ca` with the file of its authority instead of `insecure`.", isWarning: true);
            }
        }
    }

    /// <summary>The options of a server's TLS; what cannot be read is told and left out.</summary>
    public static TlsClientOptions? OptionsOf(ServerConfig server, Action<string, string> report)
    {
        OriginTlsConfig tls = server.Tls ?? new OriginTlsConfig();
        byte[]? authorities = tls.Ca is null ? null : NamedFile.Read(tls.Position, tls.Ca, report);
        TlsCertificate? certificate = null;
        bool isWhole = tls.Ca is null || authorities is not null;
        if (authorities is not null && TlsCertificate.ProblemOfAuthorities(authorities) is { } wrong)
        {
            report($"The file '{tls.Ca}' cannot be used: {wrong}.", "Put the authorities' certificates there, in PEM form.");
            isWhole = false;
        }

        if (tls is { Certificate: { } chainFile, Key: { } keyFile })
        {
            byte[]? chain = NamedFile.Read(tls.Position, chainFile, report);
            byte[]? key = NamedFile.Read(tls.Position, keyFile, report);
            if (chain is not null && key is not null)
            {
                certificate = TlsCertificate.TryRead(chain, key, out string problem, out bool isKeyToBlame);
                if (certificate is null)
                {
                    report($"The file '{(isKeyToBlame ? keyFile : chainFile)}' cannot be used: {problem}.", "Put a certificate chain and its key there.");
                }
            }

            isWhole &= certificate is not null;
        }

        return !isWhole
            ? null
            : new TlsClientOptions
            {
                ServerName = tls.ServerName ?? NameOf(server),
                Authorities = authorities,
                Certificate = certificate,
                IsInsecure = tls.Insecure,
                Protocols = ProtocolsOf(server),
            };
    }

    /// <summary>The host that a server is known by.</summary>
    public static string NameOf(ServerConfig server) => server.Url?.Host ?? server.Dns?.Host ?? "";

    private static void Report(List<ConfigError> errors, Position position, string cause, string remedy, bool isWarning = false) =>
        errors.Add(new ConfigError(position.File, position.Line, position.Column, cause, remedy, isWarning));
}
