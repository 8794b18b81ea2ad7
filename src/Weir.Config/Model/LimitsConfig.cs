using Weir.Abstractions.Options;

namespace Weir.Config.Model;

/// <summary>What one client, and all of them together, may use.</summary>
public sealed record LimitsConfig
{
    [Option("Client connections at once; clamped to the descriptor limit, with a message.", Min = "1", Max = "100000000")]
    public int Connections { get; init; } = 100_000;

    [Option("Connections at once of one client (IPv6 by /64); trusted_proxies are not counted.", Min = "1", Max = "100000000")]
    public int ConnectionsPerClient { get; init; } = 1000;

    [Option("Memory for buffers: a share of the machine's or cgroup's, or a size.", Example = "512MiB")]
    public MemoryLimit Memory { get; init; } = new(new Percent(75), null);

    [Option("Time to receive a whole request head.", Min = "10ms", Max = "1h")]
    public TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(10);

    [Option("Time for a TLS handshake, the ClientHello included.", Min = "10ms", Max = "1h")]
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    [Option("TLS handshakes at once of one client (IPv6 by /64); trusted_proxies are not counted.", Min = "1", Max = "100000000")]
    public int HandshakesPerClient { get; init; } = 256;

    [Option("The slowest allowed request body, after 5 s of grace; 0B/s allows any.")]
    public ByteRate BodyMinRate { get; init; } = new(240);

    [Option("The slowest that a client may take a response, over idle_timeout; 0B/s: any octet in that time is enough.")]
    public ByteRate ResponseMinRate { get; init; } = new(64);

    [Option("How long a connection may stay without a request.", Min = "10ms", Max = "24h")]
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    [Option("The largest head: start line and header fields.", Min = "1KiB", Max = "1MiB")]
    public ByteSize HeaderSize { get; init; } = ByteSize.KiB(32);

    [Option("The most header fields in a message.", Min = "1", Max = "10000")]
    public int HeaderCount { get; init; } = 128;

    [Option("The largest request body.", Min = "0B", Max = "1024GiB")]
    public ByteSize BodySize { get; init; } = ByteSize.MiB(100);

    [Option("When there is too much to do, and something is turned away; `off`: never.")]
    public OverloadConfig Overload { get; init; } = new();

    [Option("Requests after which a client's connection is closed.", Min = "1", Max = "2000000000")]
    public int RequestsPerConnection { get; init; } = 100_000;
}
