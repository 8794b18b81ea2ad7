namespace Weir.Abstractions.Exchanges;

/// <summary>What became of an exchange: the exchange itself, at its end, for reading only.</summary>
public readonly struct ExchangeSummary
{
    /// <summary>Refers to an ended exchange. Valid during the call that gets it.</summary>
    public ExchangeSummary(Exchange exchange) => Exchange = exchange;

    /// <summary>The ended exchange.</summary>
    public Exchange Exchange { get; }

    /// <summary>From the first octet of the request to the last of the response.</summary>
    public long DurationNs => Exchange.Timings.EndedNs - Exchange.Timings.StartedNs;
}
