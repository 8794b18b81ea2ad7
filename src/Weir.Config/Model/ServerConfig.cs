using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>One origin server, or a DNS name whose every address is one. Exactly one of url and dns is given.</summary>
[OptionRule(OptionRule.AtMostOne, "url", "dns")]
[OptionRule(OptionRule.AtLeastOne, "url", "dns")]
public sealed record ServerConfig
{
    [Option("Scheme, host and port of the server.", IsShorthand = true, Default = "none", Example = "http://10.0.0.11:8080")]
    public OriginUrl? Url { get; init; }

    [Option("HOST:PORT whose every address is a server.", Default = "none", Example = "app.internal:8080")]
    public DnsName? Dns { get; init; }

    [Option("How often the name is looked up again.", Default = "the record's TTL", Min = "1s", Max = "1d")]
    public TimeSpan? Refresh { get; init; }

    [Option("The name in logs, metrics and commands.", Default = "HOST:PORT")]
    [Syntax(Syntax.Text)]
    public string? Name { get; init; }

    [Option("Its share of the requests, relative to the other servers.", Min = "1", Max = "1000")]
    public int Weight { get; init; } = 1;

    [Option("Whether it is used only when no other server is healthy.")]
    public bool Backup { get; init; }

    [Option("The HTTP version spoken to it.", Default = "as TLS agrees; h1 without TLS, but h2 where a gRPC check asks", Example = "h2")]
    public ListenerProtocol? Protocol { get; init; }

    [Option("TLS towards it.", Default = "none")]
    public OriginTlsConfig? Tls { get; init; }

    /// <summary>Where it is written.</summary>
    public Position Position { get; init; } = Position.None;
}
