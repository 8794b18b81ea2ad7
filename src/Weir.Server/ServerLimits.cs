using Weir.Http.Http1;

namespace Weir.Server;

/// <summary>What clients may cost: limits: of the configuration, in the units that the loops use. Immutable; a reload swaps it.</summary>
public sealed record ServerLimits
{
    /// <summary>Time to receive a whole head.</summary>
    public int HeaderTimeoutMs { get; init; } = 10_000;

    /// <summary>Time for a TLS handshake, the ClientHello included.</summary>
    public int HandshakeTimeoutMs { get; init; } = 10_000;

    /// <summary>TLS handshakes of one client address (IPv6: of one /64) that may be going on at once.</summary>
    public int HandshakesPerClient { get; init; } = 256;

    /// <summary>Time without an octet, between requests and within a response that the client does not take.</summary>
    public int IdleTimeoutMs { get; init; } = 60_000;

    /// <summary>The least rate of a request's content, in octets a second, after <see cref="BodyGraceMs"/>.</summary>
    public long BodyMinOctetsPerSecond { get; init; } = 240;

    /// <summary>The least rate at which a client takes a response, in octets a second, over <see cref="IdleTimeoutMs"/>.</summary>
    public long ResponseMinOctetsPerSecond { get; init; } = 64;

    /// <summary>Octets of a response that a client has to take within <see cref="IdleTimeoutMs"/>, if there are any for it.</summary>
    public long LeastTakenOctets => Math.Max(ResponseMinOctetsPerSecond * IdleTimeoutMs / 1000, 1);

    /// <summary>How long a request's content may be slower than its least rate.</summary>
    public int BodyGraceMs { get; init; } = 5_000;

    /// <summary>The largest request content, in octets.</summary>
    public long BodyOctets { get; init; } = 100L << 20;

    /// <summary>Requests on one connection.</summary>
    public int RequestsPerConnection { get; init; } = 100_000;

    /// <summary>Head size, field count and target size.</summary>
    public HeadLimits Head { get; init; } = new(32 * 1024, 128, 16 * 1024);

    /// <summary>Connections of the whole process.</summary>
    public int Connections { get; init; } = 100_000;

    /// <summary>Connections of one client address (IPv6: of one /64).</summary>
    public int ConnectionsPerClient { get; init; } = 1000;
}
