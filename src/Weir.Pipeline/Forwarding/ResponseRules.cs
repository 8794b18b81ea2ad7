// Hot: runs for every response.
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Http.Fields;
using Weir.Http.Semantics;

namespace Weir.Pipeline.Forwarding;

/// <summary>What HTTP asks of a gateway for a response, before and after the modules.</summary>
internal static class ResponseRules
{
    /// <summary>An origin's response as the modules may see it: hop-by-hop fields are gone.</summary>
    public static void Receive(Exchange exchange, BodyReader content)
    {
        ResponseHead response = exchange.Response;
        exchange.ResponseBody = NominatedTrailers.Of(response.Fields, content);
        HopByHop.StripResponse(response.Fields, keepUpgrade: response.Status is 101 or 426);
        ViaField.Append(response.Fields, response.Version, IdentityPolicy.Pseudonym);
    }

    /// <summary>The last touch before the head leaves.</summary>
    public static void Send(Exchange exchange)
    {
        HeaderFields fields = exchange.Response.Fields;
        if (fields.Has(KnownField.Trailer) && !exchange.Client.AcceptsTrailers)
        {
            // RFC 9110 section 6.6.2: what it announces is dropped.
            fields.Remove(KnownField.Trailer);
        }

        if (!fields.Has(KnownField.Date))
        {
            // RFC 9110 section 6.6.1: a recipient with a clock adds what the origin left out.
            fields.Add(KnownField.Date, exchange.Loop.DateValue);
        }
    }
}
