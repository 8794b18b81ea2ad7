using Weir.Abstractions.Exchanges;

namespace Weir.Pipeline.Finishing;

/// <summary>Writes a line for an ended exchange; one for each loop, called there.</summary>
public interface IExchangeLog
{
    /// <summary>Writes the line, or drops and counts it; never blocks.</summary>
    void Write(Exchange exchange);
}
