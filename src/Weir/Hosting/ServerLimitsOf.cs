using Weir.Config.Model;
using Weir.Http.Http1;
using Weir.Machine;
using Weir.Net.Loops;
using Weir.Pipeline.Plans;
using Weir.Server;
using Weir.Telemetry.Events;

namespace Weir.Hosting;

/// <summary>limits: of the configuration, in the units that the loops use, and clamped to what the machine has.</summary>
internal static class ServerLimitsOf
{
    // The rest of a large buffer is for what stands around a head.
    private const int LargestHead = Loop.LargeBufferOctets - 4096;
    private const int LargestTarget = 16 * 1024;

    public static HeadLimits Head(LimitsConfig limits)
    {
        int headOctets = (int)Math.Min(limits.HeaderSize.Octets, LargestHead);
        return new HeadLimits(headOctets, limits.HeaderCount, Math.Min(headOctets, LargestTarget));
    }

    public static ServerLimits Config(LimitsConfig limits, WeirLog log)
    {
        int descriptors = MachineLimits.Descriptors;
        int possible = MachineLimits.PossibleConnections(descriptors);
        if (limits.Connections > possible)
        {
            log.Write(OperatorEvents.DescriptorLimit, limits.Connections, possible, descriptors);
        }

        return new ServerLimits
        {
            HeaderTimeoutMs = ForwardPolicies.Ms(limits.HeaderTimeout),
            HandshakeTimeoutMs = ForwardPolicies.Ms(limits.HandshakeTimeout),
            HandshakesPerClient = limits.HandshakesPerClient,
            IdleTimeoutMs = ForwardPolicies.Ms(limits.IdleTimeout),
            BodyMinOctetsPerSecond = limits.BodyMinRate.OctetsPerSecond,
            ResponseMinOctetsPerSecond = limits.ResponseMinRate.OctetsPerSecond,
            BodyOctets = limits.BodySize.Octets,
            RequestsPerConnection = limits.RequestsPerConnection,
            Head = Head(limits),
            Connections = Math.Min(limits.Connections, possible),
            ConnectionsPerClient = limits.ConnectionsPerClient,
        };
    }
}
