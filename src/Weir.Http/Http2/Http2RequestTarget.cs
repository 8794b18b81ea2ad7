// Hot: takes every field of every HTTP/2 request. See bench/Weir.Bench.Http.
using System.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Hpack;
using Weir.Http.Http1;
using Weir.Http.Semantics;

namespace Weir.Http.Http2;

/// <summary>
/// Makes a request's head of its decoded fields (RFC 9113 section 8.3), and judges it: nothing passes that could become another message
/// when it is written as HTTP/1.1. Reused for one block after the other; a connection needs one.
/// </summary>
public sealed class Http2RequestTarget : Http2HeadTarget
{
    private const int LongestMethod = 32;

    private readonly ByteSlice[] _pseudo = new ByteSlice[(int)PseudoField.Unknown];
    private RequestHead _head = null!;
    private int _seen;

    /// <summary>":protocol" of an extended CONNECT (RFC 8441); empty when there is none.</summary>
    public ReadOnlySpan<byte> Protocol => _head.Fields.Slice(_pseudo[(int)PseudoField.Protocol]);

    /// <summary>Begins with a cleared head.</summary>
    public void Begin(RequestHead head, in HeadLimits limits)
    {
        _head = head;
        _seen = 0;
        _pseudo.AsSpan().Clear();
        Begin(head.Fields, limits);
    }

    /// <summary>Judges the whole.</summary>
    /// <param name="isEnd">Whether the client has ended the stream with its head: there is no content.</param>
    /// <param name="allowsProtocol">Whether SETTINGS_ENABLE_CONNECT_PROTOCOL was sent.</param>
    /// <param name="framing">What the head says about the message.</param>
    /// <returns>
    /// <see cref="RejectReason.MalformedHttp2"/> is a stream error of type PROTOCOL_ERROR; every other reason is answered with its status.
    /// </returns>
    public RejectReason Finish(bool isEnd, bool allowsProtocol, out RequestFraming framing)
    {
        framing = default;
        if (Fault is not null)
        {
            return RejectReason.MalformedHttp2;
        }

        if (Reason != RejectReason.None)
        {
            return Reason;
        }

        _head.Version = HttpVersion.Http2;
        Fault = FaultOfPseudo(allowsProtocol);
        if (Fault is not null)
        {
            return RejectReason.MalformedHttp2;
        }

        RejectReason reason = FillTarget(ref framing);
        if (reason == RejectReason.None)
        {
            reason = FillAuthority();
        }

        if (reason == RejectReason.None)
        {
            reason = FillLength(isEnd, ref framing);
        }

        if (reason != RejectReason.None)
        {
            return reason;
        }

        int cookie = Fields.Find(KnownField.Cookie);
        if (cookie >= 0 && Fields.Find(KnownField.Cookie, cookie + 1) >= 0)
        {
            JoinCookies();
        }

        framing.IsPersistent = true;
        framing.AcceptsTrailers = true;
        if (_head.Fields.Has(KnownField.Expect))
        {
            RequestHeadFiller.FillExpect(_head, isHttp11: true, ref framing);
        }

        return RejectReason.None;
    }

    private bool Has(PseudoField pseudo) => (_seen & (1 << (int)pseudo)) != 0;

    private ByteSlice this[PseudoField pseudo] => _pseudo[(int)pseudo];

    private protected override string? TakePseudo(in HpackField field)
    {
        int bit = 1 << (int)field.Pseudo;
        string? fault = field.Pseudo is PseudoField.Unknown or PseudoField.Status ? "a pseudo-field that no request has"
            : (_seen & bit) != 0 ? "a pseudo-field twice"
            : field.Faults != FieldFaults.None ? "a pseudo-field whose value is not allowed" : null;
        if (fault is null)
        {
            _seen |= bit;
            _pseudo[(int)field.Pseudo] = Fields.Store(field.Value);
        }

        return fault;
    }

    private string? FaultOfPseudo(bool allowsProtocol)
    {
        if (!Has(PseudoField.Method))
        {
            return "no :method";
        }

        ReadOnlySpan<byte> method = _head.Fields.Slice(this[PseudoField.Method]);
        if (!FieldSyntax.IsToken(method))
        {
            return "a :method that is no token";
        }

        bool isConnect = method.SequenceEqual("CONNECT"u8);
        if (Has(PseudoField.Protocol) && (!isConnect || !allowsProtocol || !FieldSyntax.IsToken(Protocol)))
        {
            return "a :protocol where none may be";
        }

        if (isConnect && !Has(PseudoField.Protocol))
        {
            // RFC 9113 section 8.5.
            return Has(PseudoField.Scheme) || Has(PseudoField.Path) ? "a CONNECT with :scheme or :path"
                : Has(PseudoField.Authority) ? null : "a CONNECT without :authority";
        }

        if (!Has(PseudoField.Scheme))
        {
            return "no :scheme";
        }

        if (this[PseudoField.Path].IsEmpty)
        {
            return "no :path";
        }

        ReadOnlySpan<byte> path = _head.Fields.Slice(this[PseudoField.Path]);
        return path[0] == (byte)'/' || (path.Length == 1 && path[0] == (byte)'*') ? null : "a :path that does not begin with \"/\"";
    }

    private RejectReason FillTarget(ref RequestFraming framing)
    {
        HeaderFields fields = _head.Fields;
        _head.SetMethod(this[PseudoField.Method]);
        if (this[PseudoField.Method].Length > LongestMethod)
        {
            return RejectReason.MethodTooLong;
        }

        if (!Has(PseudoField.Path))
        {
            framing.TargetForm = TargetForm.Authority;
            _head.SetTarget(this[PseudoField.Authority]);
            _head.SetPath(fields.Store("/"u8));
            return RejectReason.None;
        }

        ReadOnlySpan<byte> scheme = fields.Slice(this[PseudoField.Scheme]);
        framing.IsTargetHttps = Ascii.EqualsIgnoreCase(scheme, "https"u8);
        if (!framing.IsTargetHttps && !Ascii.EqualsIgnoreCase(scheme, "http"u8))
        {
            return RejectReason.BadScheme;
        }

        ByteSlice path = this[PseudoField.Path];
        if (path.Length > Limits.TargetOctets)
        {
            return RejectReason.TargetTooLong;
        }

        _head.SetTarget(path);
        TargetParts parts = default;
        RejectReason reason = parts.ReadPathAndQuery(fields.Slice(path), path.Offset, _head.Method == RequestMethod.Options);
        if (reason != RejectReason.None)
        {
            return reason;
        }

        framing.TargetForm = parts.Form;
        return RequestHeadFiller.FillPath(_head, parts, ref framing);
    }

    private RejectReason FillAuthority()
    {
        HeaderFields fields = _head.Fields;
        int host = fields.Find(KnownField.Host);
        if (host >= 0 && fields.Find(KnownField.Host, host + 1) >= 0)
        {
            return RejectReason.RepeatedHost;
        }

        bool hasAuthority = Has(PseudoField.Authority);
        if (!hasAuthority && host < 0)
        {
            return RejectReason.MissingHost;
        }

        ByteSlice text = hasAuthority ? this[PseudoField.Authority] : fields.ValueSliceAt(host);
        if (text.IsEmpty)
        {
            return RejectReason.EmptyHost;
        }

        if (!Authority.TryParse(fields.Slice(text), out Authority authority))
        {
            return fields.Slice(text).Contains((byte)'@') ? Malformed("user information in :authority") : RejectReason.BadHost;
        }

        RequestHeadFiller.SetAuthority(_head, text, authority);
        if (_head.Method == RequestMethod.Connect && !Has(PseudoField.Protocol) && authority.Port == 0)
        {
            // RFC 9110 section 9.3.6: the port is required.
            return RejectReason.BadConnectTarget;
        }

        if (hasAuthority && host >= 0)
        {
            // RFC 9113 section 8.3.1: two names for one request are a way around whatever rule looks at the other one.
            return IsSameAuthority(fields.Slice(text), authority, fields.ValueAt(host))
                ? RejectReason.None
                : Malformed("Host is not what :authority says");
        }

        if (hasAuthority)
        {
            // What a module looks for is there, as in HTTP/1.1.
            fields.AddStored(KnownField.Host, text with { Length = authority.Length });
        }

        return RejectReason.None;
    }

    // RFC 9113 section 8.3.1: compared as the scheme has it, so its own port may be said or not. What is written is :authority.
    private bool IsSameAuthority(ReadOnlySpan<byte> text, in Authority authority, ReadOnlySpan<byte> host)
    {
        if (Ascii.EqualsIgnoreCase(text, host))
        {
            return true;
        }

        ReadOnlySpan<byte> scheme = _head.Fields.Slice(this[PseudoField.Scheme]);
        int usual = Ascii.EqualsIgnoreCase(scheme, "https"u8) ? 443 : Ascii.EqualsIgnoreCase(scheme, "http"u8) ? 80 : 0;
        bool isSame = Authority.TryParse(host, out Authority other)
            && Ascii.EqualsIgnoreCase(text[..authority.HostLength], host[..other.HostLength])
            && PortOf(authority, usual) == PortOf(other, usual);
        if (isSame)
        {
            _head.Fields.Set(KnownField.Host, _head.Authority);
        }

        return isSame;
    }

    private static int PortOf(in Authority authority, int usual) => authority.Port == 0 ? usual : authority.Port;

    private RejectReason FillLength(bool isEnd, ref RequestFraming framing)
    {
        RejectReason reason = MessageLength.OfRequest(_head, out BodyLength length);
        if (reason != RejectReason.None)
        {
            return reason;
        }

        if (isEnd && !length.IsNone)
        {
            // RFC 9113 section 8.1.1.
            return Malformed("no content where Content-Length announces some");
        }

        if (!isEnd && !_head.Fields.Has(KnownField.ContentLength))
        {
            length = BodyLength.Unknown;
            if (_head.Method == RequestMethod.Trace)
            {
                return RejectReason.ContentInTrace;
            }
        }

        _head.BodyLength = length;
        framing.BodyLength = length;
        return RejectReason.None;
    }

    private RejectReason Malformed(string fault)
    {
        Fault = fault;
        return RejectReason.MalformedHttp2;
    }

    // RFC 9113 section 8.2.3: one Cookie field, because in HTTP/1.1 more than one means another thing.
    private void JoinCookies()
    {
        HeaderFields fields = _head.Fields;
        int octets = 0;
        for (int slot = fields.Find(KnownField.Cookie); slot >= 0; slot = fields.Find(KnownField.Cookie, slot + 1))
        {
            octets += fields.ValueAt(slot).Length + 2;
        }

        Span<byte> room = fields.Reserve(octets);
        int length = 0;
        for (int slot = fields.Find(KnownField.Cookie); slot >= 0; slot = fields.Find(KnownField.Cookie, slot + 1))
        {
            ReadOnlySpan<byte> crumb = fields.ValueAt(slot);
            crumb.CopyTo(room[length..]);
            length += crumb.Length;
            "; "u8.CopyTo(room[length..]);
            length += 2;
        }

        ByteSlice joined = fields.Commit(length - 2);
        fields.Remove(KnownField.Cookie);
        fields.AddStored(KnownField.Cookie, joined);
    }
}
