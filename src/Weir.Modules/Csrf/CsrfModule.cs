// Hot: runs for each request that passes the stack.
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;

namespace Weir.Modules.Csrf;

/// <summary>
/// Refuses requests that change something, or open a WebSocket, and that a browser sends for another site's page. Browsers say so in
/// Sec-Fetch-Site (Fetch Metadata), which no page can forge; older ones in Origin (RFC 6454).
/// </summary>
internal sealed class CsrfModule : IRequestModule
{
    private readonly OriginPattern[] _origins;
    private readonly bool _isStrict;
    private readonly bool _isDryRun;
    private readonly int _status;
    private readonly ModuleCounter _counter;

    public CsrfModule(OriginPattern[] origins, CsrfOptions options, ModuleCounter counter)
    {
        _origins = origins;
        _isStrict = options.Strict;
        _isDryRun = options.DryRun;
        _status = options.Status;
        _counter = counter;
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        // A WebSocket begins with a GET, carries cookies, and is bound by no same-origin policy.
        RequestHead request = exchange.Request;
        if (RequestMethods.IsSafe(request.Method) && !request.Fields.Has(KnownField.Upgrade))
        {
            return new(Verdict.Continue);
        }

        if (IsOwn(request, out string why))
        {
            exchange.Trace?.Add("csrf", why);
            return new(Verdict.Continue);
        }

        exchange.Trace?.Add("csrf", $"{(_isDryRun ? "would refuse" : "refused")}: {why}");
        if (!exchange.IsHypothetical)
        {
            _counter.Add();
        }

        if (_isDryRun)
        {
            return new(Verdict.Continue);
        }

        exchange.Error = ProxyErrors.CrossSite;
        exchange.ErrorStatus = _status;
        exchange.ErrorDetail = why;
        return new(Verdict.Answered);
    }

    private bool IsOwn(RequestHead request, out string why)
    {
        HeaderFields fields = request.Fields;
        int origin = fields.Find(KnownField.Origin);
        bool isDoubled = origin >= 0 && fields.Find(KnownField.Origin, origin + 1) >= 0;
        if (!isDoubled && origin >= 0 && IsListed(fields.ValueAt(origin)))
        {
            why = "its origin is in the list";
            return true;
        }

        int site = fields.Find("Sec-Fetch-Site"u8);
        if (site >= 0)
        {
            // "none": the visitor typed it, or came by a bookmark. "same-site" is another origin, perhaps a stranger's subdomain.
            bool isOne = fields.Find("Sec-Fetch-Site"u8, site + 1) < 0;
            ReadOnlySpan<byte> value = fields.ValueAt(site);
            bool isOwn = isOne && (value.SequenceEqual("same-origin"u8) || value.SequenceEqual("none"u8));
            why = isOwn ? "Sec-Fetch-Site says that it is the site's own" : "Sec-Fetch-Site says that another site's page sends it";
            return isOwn;
        }

        if (origin >= 0)
        {
            bool isOwn = !isDoubled && IsOf(request, fields.ValueAt(origin));
            why = isOwn ? "Origin is the site's own" : "Origin is another one than the site's";
            return isOwn;
        }

        why = "it says nothing of where it comes from";
        return !_isStrict;
    }

    private bool IsListed(ReadOnlySpan<byte> origin)
    {
        foreach (OriginPattern pattern in _origins)
        {
            if (pattern.Takes(origin))
            {
                return true;
            }
        }

        return false;
    }

    // Browsers leave a scheme's own port out of Origin and of Host alike (RFC 6454 section 6.2).
    private static bool IsOf(RequestHead request, ReadOnlySpan<byte> origin)
    {
        ReadOnlySpan<byte> scheme = request.IsHttps ? "https://"u8 : "http://"u8;
        return origin.Length == scheme.Length + request.Authority.Length
            && origin.StartsWith(scheme)
            && origin[scheme.Length..].SequenceEqual(request.Authority);
    }
}
