// Hot: runs for each request that passes the stack.
using System.Globalization;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;

namespace Weir.Modules.BodyLimit;

/// <summary>Refuses requests with more content than a size.</summary>
internal sealed class BodyLimitModule : IRequestModule
{
    private readonly long _mostOctets;

    public BodyLimitModule(long mostOctets) => _mostOctets = mostOctets;

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        BodyLength length = exchange.Request.BodyLength;
        if (length.IsNone)
        {
            return new(Verdict.Continue);
        }

        if (!length.IsKnown)
        {
            exchange.RequestBody = new LimitedBody(exchange.RequestBody, _mostOctets);
            return new(Verdict.Continue);
        }

        if (length.Octets <= _mostOctets)
        {
            return new(Verdict.Continue);
        }

        exchange.Error = ProxyErrors.BodyTooLarge;
        exchange.Trace?.Add("body_limit", string.Create(CultureInfo.InvariantCulture, $"{length.Octets} octets, of at most {_mostOctets}"));
        return new(Verdict.Answered);
    }
}
