using Weir.Abstractions.Modules;
using Weir.Abstractions.Options;
using Weir.AutomaticHttps;
using Weir.Certificates;
using Weir.Config.Model;
using Weir.Machine;
using Weir.Pipeline.Plans;
using Weir.Upstreams;

namespace Weir.Hosting;

/// <summary>Finds what only compiling a configuration can find, without touching the network.</summary>
public static class PlanCheck
{
    /// <summary>Errors and warnings beyond the reader's.</summary>
    public static IReadOnlyList<ConfigError> Run(WeirConfig config, IModuleCatalog modules)
    {
        PlanBuilder builder = new(modules, new InertUpstreams());
        builder.Build(config);
        foreach (ListenerConfig listener in config.Listen)
        {
            builder.BuildConnections(listener);
        }

        List<ConfigError> ofLog = [];
        if (!config.Log.Access.IsOff)
        {
            AccessLogOpener.ParseFormat(config.Log.Access, ofLog);
        }

        List<ConfigError> certificates = [];
        SiteCertificates.Read(config, certificates, TimeProvider.System);
        TicketKeyFile.Read(config.Process, certificates);
        OriginCertificates.Check(config, certificates);
        AcmeFiles.Check(config, certificates);
        return [.. builder.Errors, .. ofLog, .. certificates, .. SecretFiles.Review(config)];
    }
}
