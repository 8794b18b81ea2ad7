using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>One place where clients connect.</summary>
public sealed record ListenerConfig
{
    [Option("`:PORT`, `ADDRESS:PORT`, `[IPV6]:PORT` or `unix:PATH`; port 0 takes a free one.", IsRequired = true, IsShorthand = true,
        Example = ":8080")]
    public ListenAddress Address { get; init; } = ListenAddress.Any(0);

    [Option("Whether clients speak TLS.", Default = "true on port 443, else false")]
    public bool? Tls { get; init; }

    [Option("The HTTP versions spoken.", Default = "[h1, h2] with TLS, [h1] without")]
    public IReadOnlyList<ListenerProtocol> Protocols { get; init; } = [];

    [Option("Senders whose PROXY v1/v2 header is required and believed.", Example = "[10.0.0.0/8]")]
    public IReadOnlyList<IpPrefix> ProxyProtocol { get; init; } = [];

    [Option("Modules asked for a new connection, before TLS and before a site is known.")]
    public IReadOnlyList<StackEntry> Connections { get; init; } = [];

    [Option("Whether other processes may listen on the same address, so that several Weirs share its clients. Without it a second one is refused.")]
    public bool ReusePort { get; init; }

    /// <summary>Where it is written.</summary>
    public Position Position { get; init; } = Position.None;
}
