// Hot: runs for every exchange.
using System.Text;
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Http.Fields;
using Weir.Http.Semantics;

namespace Weir.Pipeline.Forwarding;

/// <summary>What HTTP asks of a gateway for a request, before and after the modules.</summary>
internal static class RequestRules
{
    private static readonly ulong _rare = HeaderFields.Mask(KnownField.Expect) | HeaderFields.Mask(KnownField.MaxForwards)
        | HeaderFields.Mask(KnownField.Upgrade);

    /// <summary>Refuses what can be refused by the head alone.</summary>
    public static ProxyError? Check(Passage passage)
    {
        RequestHead request = passage.Exchange.Request;
        if (request.Method == RequestMethod.Connect)
        {
            // RFC 9110 section 9.3.6: a gateway without a list of targets is no place to tunnel through. What follows may be meant for the
            // tunnel already: it must not be read as requests.
            passage.Exchange.MustClose = true;
            return ProxyErrors.MethodNotAllowed;
        }

        // Upgrade reads Connection; afterwards nobody does.
        ProxyError? error = request.Fields.HasAny(_rare) ? CheckRare(passage) : null;
        passage.Exchange.RequestBody = NominatedTrailers.Of(request.Fields, passage.Exchange.RequestBody);
        HopByHop.DropNominated(request.Fields);
        return error;
    }

    /// <summary>Makes the head what an origin may see: hop-by-hop fields go, identity comes.</summary>
    public static void PrepareForOrigin(Passage passage)
    {
        Exchange exchange = passage.Exchange;
        HopByHop.StripRequest(exchange.Request.Fields, passage.WantsUpgrade);
        passage.Plan.Identity.Send(exchange);
    }

    private static ProxyError? CheckRare(Passage passage)
    {
        RequestHead request = passage.Exchange.Request;
        HeaderFields fields = request.Fields;
        int expect = fields.Find(KnownField.Expect);
        if (expect >= 0
            && (!Ascii.EqualsIgnoreCase(fields.ValueAt(expect), "100-continue"u8) || fields.Find(KnownField.Expect, expect + 1) >= 0))
        {
            // Also two of them, one of which might be known: what an origin does with the other is anybody's guess.
            return ProxyErrors.ExpectationFailed;
        }

        passage.WantsUpgrade = fields.Has(KnownField.Upgrade) && IsUpgradeAllowed(passage);
        if (!fields.Has(KnownField.MaxForwards) || request.Method is not (RequestMethod.Trace or RequestMethod.Options))
        {
            return null;
        }

        return CountDown(fields);
    }

    // RFC 9110 section 7.8: an unknown protocol, or content that would have to come before the switch, makes Upgrade a field to ignore.
    private static bool IsUpgradeAllowed(Passage passage)
    {
        RequestHead request = passage.Exchange.Request;
        // HTTP/2 knows no Upgrade: a request that has it was an extended CONNECT (RFC 8441).
        if (request.Version is not (HttpVersion.Http11 or HttpVersion.Http2) || request.Method != RequestMethod.Get
            || !request.BodyLength.IsNone
            || !ConnectionOptions.Read(request.Fields).HasUpgrade)
        {
            return false;
        }

        int upgrade = request.Fields.Find(KnownField.Upgrade);
        if (request.Fields.Find(KnownField.Upgrade, upgrade + 1) >= 0)
        {
            // Of two, the origin might obey the one that was not looked at.
            return false;
        }

        ReadOnlySpan<byte> asked = request.Fields.ValueAt(upgrade);
        IReadOnlyList<string> tokens = passage.Plan.Tunnels.Tokens;
        for (int i = 0; i < tokens.Count; i++)
        {
            if (Ascii.EqualsIgnoreCase(asked, tokens[i]))
            {
                return true;
            }
        }

        return false;
    }

    // RFC 9110 section 7.6.2: at zero the request ends here, else it goes on with one less.
    private static ProxyError? CountDown(HeaderFields fields)
    {
        fields.TryGet(KnownField.MaxForwards, out ReadOnlySpan<byte> value);
        if (!ContentLength.TryParse(value, out long left))
        {
            return null;
        }

        if (left == 0)
        {
            return ProxyErrors.MethodNotAllowed;
        }

        Span<byte> text = stackalloc byte[20];
        System.Buffers.Text.Utf8Formatter.TryFormat(left - 1, text, out int written);
        fields.Set(KnownField.MaxForwards, text[..written]);
        return null;
    }
}
