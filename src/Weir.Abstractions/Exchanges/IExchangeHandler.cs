namespace Weir.Abstractions.Exchanges;

/// <summary>What a server does with an exchange. The server part calls it, the pipeline implements it, an embedder may too.</summary>
public interface IExchangeHandler
{
    /// <summary>
    /// Handles one exchange to its end: when the task completes, the response was given to <see cref="Exchange.Client"/> as far as it will
    /// ever be, and nothing refers to the exchange any more. It does not throw.
    /// </summary>
    ValueTask HandleAsync(Exchange exchange);
}
