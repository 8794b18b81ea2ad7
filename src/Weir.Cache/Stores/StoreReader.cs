using System.Globalization;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;

namespace Weir.Cache.Stores;

/// <summary>One that holds what is stored for as long as its client reads. Belongs to a loop.</summary>
public abstract class StoreReader
{
    internal StoreReader? Previous { get; set; }

    internal StoreReader? Next { get; set; }

    internal bool IsListed { get; set; }

    internal long SinceMs { get; set; }

    /// <summary>Cuts the client of an exchange off, on its loop, and says why.</summary>
    public static void CutOff(Exchange exchange, int pieces)
    {
        exchange.Error = ProxyErrors.CacheCrowded;
        exchange.ErrorDetail = string.Create(CultureInfo.InvariantCulture, $"kept {pieces} evicted pieces of the cache's memory");
        exchange.Client.Cut();
    }

    /// <summary>How many pieces of memory it keeps though nothing leads there any more.</summary>
    protected internal abstract int CountRetired();

    /// <summary>What it holds is to be free soon: its client is cut off.</summary>
    protected internal abstract void Cut();
}
