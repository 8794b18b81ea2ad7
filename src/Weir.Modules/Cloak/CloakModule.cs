// Hot: runs for each exchange that passes the stack.
using System.Text;
using Weir.Abstractions.Bodies;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;
using Weir.Abstractions.Modules;
using Weir.Codings;
using Weir.Codings.Negotiation;

namespace Weir.Modules.Cloak;

/// <summary>Keeps from clients what origins tell of themselves, and proves to origins where a request came from.</summary>
internal sealed class CloakModule : IRequestModule, IResponseModule, IInterimModule, IBodyModule
{
    private const string Name = "cloak";

    // What holds no name, or must not be changed: a cookie's value belongs to the application.
    private static readonly ulong _skipped =
        HeaderFields.Mask(KnownField.ContentLength) | HeaderFields.Mask(KnownField.ContentType) | HeaderFields.Mask(
            KnownField.ContentEncoding)
        | HeaderFields.Mask(KnownField.ContentRange) | HeaderFields.Mask(KnownField.Date) | HeaderFields.Mask(KnownField.Expires)
        | HeaderFields.Mask(KnownField.LastModified) | HeaderFields.Mask(KnownField.ETag) | HeaderFields.Mask(KnownField.Age)
        | HeaderFields.Mask(KnownField.Vary) | HeaderFields.Mask(KnownField.CacheControl) | HeaderFields.Mask(KnownField.Server)
        | HeaderFields.Mask(KnownField.SetCookie);

    private static readonly ContentTypes _text = ContentTypes.Of(ContentTypes.Compressible, out _)!;

    private readonly FieldRemoval _hidden;
    private readonly InternalNames _names;
    private readonly byte[] _server;
    private readonly byte[] _proofName;
    private readonly byte[] _proof;
    private readonly int _hiddenFrom;
    private readonly bool _searchesContent;
    private readonly int _slot;

    public CloakModule(
        FieldRemoval hidden, InternalNames names, byte[] server, byte[] proofName, byte[] proof, CloakOptions options, int slot)
    {
        _hidden = hidden;
        _names = names;
        _server = server;
        _proofName = proofName;
        _proof = proof;
        _hiddenFrom = options.ErrorPages switch
        {
            HiddenErrors.None => int.MaxValue,
            HiddenErrors.ServerErrors => 500,
            _ => 400,
        };
        _searchesContent = options.Bodies;
        _slot = slot;
    }

    /// <inheritdoc/>
    public ValueTask<Verdict> OnRequestAsync(Exchange exchange)
    {
        HeaderFields fields = exchange.Request.Fields;
        if (_proof.Length > 0)
        {
            fields.Set(_proofName, _proof);
            fields.KeepLastOutOfTables();
            exchange.Trace?.Add(Name, "the field of proof was set");
        }

        if (_searchesContent)
        {
            fields.Set(KnownField.AcceptEncoding, "identity"u8);
        }

        return new(Verdict.Continue);
    }

    /// <inheritdoc/>
    public ValueTask OnResponseAsync(Exchange exchange)
    {
        HeaderFields fields = exchange.Response.Fields;
        _hidden.Apply(fields);
        fields.Remove(KnownField.Server);
        if (exchange.Response.Status >= _hiddenFrom)
        {
            HideError(exchange);
        }

        int found = MapFields(exchange, fields);
        if (fields.Has(KnownField.SetCookie))
        {
            found += HideCookieDomains(exchange, fields);
        }

        if (_server.Length > 0)
        {
            fields.Add(KnownField.Server, _server);
        }

        if (_searchesContent)
        {
            SearchContent(exchange);
        }

        if (exchange.Client.AcceptsTrailers && !exchange.Response.BodyLength.IsNone)
        {
            exchange.ResponseBody = new CloakedTrailers(this, exchange, exchange.ResponseBody);
        }

        exchange.Trace?.Add(Name, found == 0 ? "no internal name in the head" : "internal names in the head were replaced");
        return default;
    }

    /// <inheritdoc/>
    public void OnInterim(Exchange exchange, ResponseHead head) => Hide(exchange, head.Fields);

    /// <summary>Takes away, in fields that stand by themselves, what tells of origins.</summary>
    public void Hide(Exchange exchange, HeaderFields fields)
    {
        _hidden.Apply(fields);
        fields.Remove(KnownField.Server);
        MapFields(exchange, fields);
    }

    /// <inheritdoc/>
    public BodyFilter? OpenRequestFilter(Exchange exchange) => null;

    /// <inheritdoc/>
    public BodyFilter? OpenResponseFilter(Exchange exchange) => exchange.Slot(_slot) as BodyFilter;

    // An origin's own page may hold a stack trace, a path, an address. Weir's errors and modules' answers tell nothing of it.
    private static void HideError(Exchange exchange)
    {
        ResponseHead response = exchange.Response;
        bool isOrigins = exchange.Error is null && exchange.AnsweredBy is null;
        if (!isOrigins || response.BodyLength.IsNone || IsGrpc(response.Fields))
        {
            return;
        }

        HeaderFields fields = response.Fields;
        CodedFields.Forget(fields);
        fields.RemoveAll(
            HeaderFields.Mask(KnownField.ContentEncoding) | HeaderFields.Mask(KnownField.ContentRange) | HeaderFields.Mask(KnownField.ETag)
            | HeaderFields.Mask(KnownField.LastModified) | HeaderFields.Mask(KnownField.AcceptRanges));
        fields.Remove("Content-Disposition"u8);
        fields.Remove("Content-Language"u8);
        fields.Set(KnownField.ContentType, "text/plain; charset=utf-8"u8);
        PinnedBody page = CloakPage.For(response.Status);
        exchange.ResponseBody = page.Open();
        response.BodyLength = BodyLength.Of(page.Length);
        exchange.Trace?.Add(Name, "a plain page took the place of the origin's");
    }

    private static bool IsGrpc(HeaderFields fields) =>
        fields.TryGet(KnownField.ContentType, out ReadOnlySpan<byte> type) && type.StartsWith("application/grpc"u8);

    private int MapFields(Exchange exchange, HeaderFields fields)
    {
        int found = 0;
        int bound = fields.SlotCount;
        for (int slot = 0; slot < bound; slot++)
        {
            bool isSkipped = fields.IsRemoved(slot) || (_skipped & HeaderFields.Mask(fields.FieldAt(slot))) != 0;
            if (!isSkipped && fields.ValueAt(slot).IndexOfAny((byte)'.', (byte)'/', (byte)'[') >= 0)
            {
                found += MapField(exchange, fields, slot);
            }
        }

        return found;
    }

    private int MapField(Exchange exchange, HeaderFields fields, int slot)
    {
        RequestHead request = exchange.Request;
        int begin = -1;
        int copied = 0;
        int length = fields.ValueAt(slot).Length;
        for (int at = 0; at < length; at++)
        {
            ReadOnlySpan<byte> value = fields.ValueAt(slot);
            InternalMatch match = InternalNames.IsStart(value, at) ? _names.Match(value[at..], exchange.ServerName, request.Host) : default;
            if (match.Length == 0)
            {
                continue;
            }

            int piece = fields.Store(value[copied..at]).Offset;
            begin = begin < 0 ? piece : begin;
            Span<byte> room = fields.Reserve(PublicName.MostOctets(request));
            fields.Commit(PublicName.Write(request, match, room));
            at += match.Length - 1;
            copied = at + 1;
        }

        if (begin < 0)
        {
            return 0;
        }

        fields.Store(fields.ValueAt(slot)[copied..]);
        fields.SetValueAt(slot, new ByteSlice(begin, fields.Commit(0).Offset - begin));
        return 1;
    }

    // A cookie for a host that the client never sees is one that it refuses; without the attribute it is for the host that was asked.
    private int HideCookieDomains(Exchange exchange, HeaderFields fields)
    {
        int found = 0;
        for (int slot = fields.Find(KnownField.SetCookie); slot >= 0; slot = fields.Find(KnownField.SetCookie, slot + 1))
        {
            ReadOnlySpan<byte> cookie = fields.ValueAt(slot);
            if (FindDomain(cookie, exchange.ServerName, out int start, out int length))
            {
                ByteSlice kept = fields.Store(cookie[..start]);
                int rest = fields.Store(fields.ValueAt(slot)[(start + length)..]).Length;
                fields.SetValueAt(slot, new ByteSlice(kept.Offset, kept.Length + rest));
                found++;
            }
        }

        return found;
    }

    private bool FindDomain(ReadOnlySpan<byte> cookie, string? server, out int start, out int length)
    {
        start = cookie.IndexOf((byte)';');
        length = 0;
        while (start >= 0)
        {
            int next = cookie[(start + 1)..].IndexOf((byte)';');
            length = next < 0 ? cookie.Length - start : next + 1;
            ReadOnlySpan<byte> attribute = cookie.Slice(start + 1, length - 1);
            int equals = attribute.IndexOf((byte)'=');
            if (equals > 0 && Ascii.EqualsIgnoreCase(attribute[..equals].Trim(" \t"u8), "Domain"u8)
                && _names.IsInternal(attribute[(equals + 1)..].Trim(" \t"u8), server))
            {
                return true;
            }

            start = next < 0 ? -1 : start + length;
        }

        return false;
    }

    private void SearchContent(Exchange exchange)
    {
        ResponseHead response = exchange.Response;
        HeaderFields fields = response.Fields;
        bool isText = fields.TryGet(KnownField.ContentType, out ReadOnlySpan<byte> type) && _text.Has(type);
        if (!isText || response.Status is < 200 or 204 or 206 or 304 || fields.Has(KnownField.ContentEncoding))
        {
            return;
        }

        CodedFields.Forget(fields);
        fields.Remove(KnownField.AcceptRanges);
        EntityTags.Weaken(fields);
        if (!response.BodyLength.IsNone)
        {
            exchange.Slot(_slot) = new CloakFilter(_names, exchange.Request, exchange.ServerName);
        }
    }
}
