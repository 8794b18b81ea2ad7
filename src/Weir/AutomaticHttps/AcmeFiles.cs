using Weir.Abstractions.Options;
using Weir.Certificates;
using Weir.Config;
using Weir.Config.Model;
using Weir.Net.Tls;

namespace Weir.AutomaticHttps;

/// <summary>What `acme` names on the disk: checked before it is needed, which may be in the middle of a night.</summary>
internal static class AcmeFiles
{
    private const UnixFileMode Executable = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Reports files that cannot be used.</summary>
    public static void Check(WeirConfig config, List<ConfigError> errors)
    {
        foreach (AcmeIssuerConfig issuer in config.Acme?.Issuers ?? [])
        {
            if (issuer.Ca is { } ca && Read(issuer.Position, ca, errors) is { } authorities && OpenSsl.Problem is null
                && TlsCertificate.ProblemOfAuthorities(authorities) is { } problem)
            {
                Report(errors, issuer.Position, $"The file '{ca}' cannot be used: {problem}.", "Put the authority's certificate there, in PEM form.");
            }

            if (issuer.Eab is { } eab && Read(issuer.Position, eab.KeyFile, errors) is { } key
                && Issuer.Decode(System.Text.Encoding.UTF8.GetString(key)) is null)
            {
                Report(errors, eab.Position, $"The file '{eab.KeyFile}' holds no key in base64url.", "Put the key there as the issuer gave it, and nothing else.");
            }
        }

        if (config.Acme?.Dns is { } dns)
        {
            CheckProgram(dns, errors);
        }
    }

    private static void CheckProgram(AcmeDnsConfig dns, List<ConfigError> errors)
    {
        string path = ModulePlaces.ResolvePath(dns.Position, dns.Exec);
        if (!File.Exists(path))
        {
            Report(errors, dns.Position, $"There is no program '{dns.Exec}' that could set DNS records.", "Check the path; it is relative to the configuration file.");
        }
        else if ((File.GetUnixFileMode(path) & Executable) == UnixFileMode.None)
        {
            Report(errors, dns.Position, $"The program '{dns.Exec}' is not executable.", $"Run `chmod +x {dns.Exec}`.");
        }
    }

    private static byte[]? Read(Position position, string file, List<ConfigError> errors) =>
        NamedFile.Read(position, file, (cause, remedy) => Report(errors, position, cause, remedy));

    private static void Report(List<ConfigError> errors, Position position, string cause, string remedy) =>
        errors.Add(new ConfigError(position.File, position.Line, position.Column, cause, remedy));
}
