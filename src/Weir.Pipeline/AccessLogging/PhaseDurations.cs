// Hot: once for each exchange.
using Weir.Abstractions.Exchanges;

namespace Weir.Pipeline.AccessLogging;

/// <summary>
/// How long each phase of an ended exchange took, in nanoseconds; -1 where it was not reached. A phase lasts until the next one that was
/// reached begins, the last one until the end, so that they add up to the whole.
/// </summary>
public readonly struct PhaseDurations
{
    /// <summary>Computes them from when the phases began.</summary>
    public PhaseDurations(in ExchangeTimings timings)
    {
        long next = timings.EndedNs;
        TotalNs = timings.StartedNs == 0 ? 0 : Math.Max(timings.EndedNs - timings.StartedNs, 0);
        BodyNs = Until(ref next, timings.ResponseNs);
        WaitNs = Until(ref next, timings.SentNs);
        SendNs = Until(ref next, timings.ConnectedNs);
        ConnectNs = Until(ref next, timings.PickedNs);
        QueueNs = Until(ref next, timings.HeadNs);
        HeadNs = Until(ref next, timings.StartedNs);
    }

    /// <summary>From the first octet of the request to the end; never negative.</summary>
    public long TotalNs { get; }

    /// <summary>Receiving the request's head.</summary>
    public long HeadNs { get; }

    /// <summary>Modules, routing, and waiting for a place at a server.</summary>
    public long QueueNs { get; }

    /// <summary>Making or taking a connection.</summary>
    public long ConnectNs { get; }

    /// <summary>Sending the request's head.</summary>
    public long SendNs { get; }

    /// <summary>Waiting for the response's head.</summary>
    public long WaitNs { get; }

    /// <summary>The response's content.</summary>
    public long BodyNs { get; }

    private static long Until(ref long next, long beganNs)
    {
        if (beganNs == 0)
        {
            return -1;
        }

        long ns = Math.Max(next - beganNs, 0);
        next = beganNs;
        return ns;
    }
}
