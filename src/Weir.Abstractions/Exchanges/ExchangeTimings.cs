namespace Weir.Abstractions.Exchanges;

/// <summary>When the phases of an exchange began, in nanoseconds of the monotonic clock; 0 where a phase was not reached.</summary>
public struct ExchangeTimings
{
    /// <summary>The first octet of the request was there.</summary>
    public long StartedNs;

    /// <summary>The request's head was complete.</summary>
    public long HeadNs;

    /// <summary>A server had been picked and its connection is being made or taken.</summary>
    public long PickedNs;

    /// <summary>A connection to the origin was there.</summary>
    public long ConnectedNs;

    /// <summary>The request's head had been handed to the network.</summary>
    public long SentNs;

    /// <summary>The final response's head was complete.</summary>
    public long ResponseNs;

    /// <summary>The exchange was over.</summary>
    public long EndedNs;
}
