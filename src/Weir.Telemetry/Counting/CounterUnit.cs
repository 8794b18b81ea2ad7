namespace Weir.Telemetry.Counting;

/// <summary>What one step of a counter stands for.</summary>
public enum CounterUnit : byte
{
    /// <summary>Things: requests, connections, lines.</summary>
    Count,

    /// <summary>Octets.</summary>
    Octets,

    /// <summary>Nanoseconds here, seconds in the Prometheus text.</summary>
    Nanoseconds,
}
