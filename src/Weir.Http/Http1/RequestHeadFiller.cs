// Hot: runs for every request. See bench/Weir.Bench.Http.
using Weir.Abstractions.Heads;
using Weir.Http.Semantics;

namespace Weir.Http.Http1;

/// <summary>Fills a request's head from its parsed lines and judges what concerns several fields.</summary>
internal static class RequestHeadFiller
{
    /// <summary>Fills the head; its fields are loaded, with the request line at the arena's start.</summary>
    public static RejectReason Fill(RequestHead head, in RequestLine line, ref RequestFraming framing)
    {
        framing = default;
        head.Version = line.Version;
        head.SetMethod(new ByteSlice(0, line.MethodLength));
        head.SetTarget(new ByteSlice(line.Target.Start, line.Target.Length));
        framing.TargetForm = line.Target.Form;
        framing.IsTargetHttps = line.Target.IsHttps;

        RejectReason reason = FillPath(head, line.Target, ref framing);
        if (reason != RejectReason.None)
        {
            return reason;
        }

        reason = FillAuthority(head, line.Target);
        if (reason != RejectReason.None)
        {
            return reason;
        }

        reason = MessageLength.OfRequest(head, out BodyLength length);
        if (reason != RejectReason.None)
        {
            return reason;
        }

        head.BodyLength = length;
        framing.BodyLength = length;
        FillConnection(head, ref framing);
        return RejectReason.None;
    }

    internal static RejectReason FillPath(RequestHead head, in TargetParts target, ref RequestFraming framing)
    {
        HeaderFields fields = head.Fields;
        head.SetQuery(new ByteSlice(target.QueryStart, target.QueryLength), target.HasQuery);
        if (target.PathLength == 0)
        {
            // RFC 9112 section 3.2.4: OPTIONS for a whole server, in absolute-form.
            head.IsAsterisk = target.Form == TargetForm.Asterisk
                || (target.Form == TargetForm.Absolute && head.Method == RequestMethod.Options && !target.HasQuery);
            head.SetPath(fields.Store("/"u8));
            return RejectReason.None;
        }

        ByteSlice received = new(target.PathStart, target.PathLength);
        framing.HasAmbiguousPath = target.IsPathAmbiguous;
        if (target.IsPathNormal)
        {
            head.SetPath(received);
            return RejectReason.None;
        }

        // Reserve may move the arena: the received path is looked up after it.
        Span<byte> room = fields.Reserve(target.PathLength);
        RejectReason reason = PathNormaliser.Normalise(fields.Slice(received), room, out int written);
        head.SetPath(fields.Commit(written));
        return reason;
    }

    private static RejectReason FillAuthority(RequestHead head, in TargetParts target)
    {
        HeaderFields fields = head.Fields;
        int host = fields.Find(KnownField.Host);
        if (host < 0)
        {
            // RFC 9112 section 3.2: required in HTTP/1.1, whatever the target says.
            if (head.Version == HttpVersion.Http11)
            {
                return RejectReason.MissingHost;
            }
        }
        else if (fields.Find(KnownField.Host, host + 1) >= 0)
        {
            return RejectReason.RepeatedHost;
        }

        bool isInTarget = target.AuthorityLength > 0;
        if (host >= 0)
        {
            ByteSlice value = fields.ValueSliceAt(host);
            if (!value.IsEmpty)
            {
                if (!Authority.TryParse(fields.Slice(value), out Authority parsed))
                {
                    return RejectReason.BadHost;
                }

                if (!isInTarget)
                {
                    SetAuthority(head, value, parsed);
                    return RejectReason.None;
                }
            }
            else if (!isInTarget)
            {
                return RejectReason.EmptyHost;
            }
        }

        if (!isInTarget)
        {
            return RejectReason.None;
        }

        // RFC 9112 section 3.2.2: the target's authority replaces whatever Host said.
        ByteSlice slice = new(target.AuthorityStart, target.AuthorityLength);
        _ = Authority.TryParse(fields.Slice(slice), out Authority authority);
        SetAuthority(head, slice, authority);
        fields.Set(KnownField.Host, head.Authority);
        return RejectReason.None;
    }

    internal static void SetAuthority(RequestHead head, ByteSlice text, in Authority authority)
    {
        ByteSlice slice = text with { Length = authority.Length };
        if (head.Fields.Slice(slice)[0] == (byte)'[')
        {
            SetLiteral(head, slice, authority);
            return;
        }

        if (authority.HasUpperCase)
        {
            HeaderFields fields = head.Fields;
            Span<byte> room = fields.Reserve(slice.Length);
            System.Text.Ascii.ToLower(fields.Slice(slice), room, out int written);
            slice = fields.Commit(written);
        }

        head.SetAuthority(slice, slice with { Length = authority.HostLength }, authority.Port);
    }

    private static void SetLiteral(RequestHead head, ByteSlice text, in Authority authority)
    {
        HeaderFields fields = head.Fields;
        Span<byte> room = fields.Reserve(Authority.MaxLiteralOctets);
        ByteSlice slice = fields.Commit(authority.WriteLiteral(fields.Slice(text), room, out int hostLength));
        head.SetAuthority(slice, slice with { Length = hostLength }, authority.Port);
    }

    private static void FillConnection(RequestHead head, ref RequestFraming framing)
    {
        HeaderFields fields = head.Fields;
        bool isHttp11 = head.Version == HttpVersion.Http11;
        framing.IsPersistent = isHttp11;
        if (!fields.HasAny(_connectionMask))
        {
            return;
        }

        ConnectionOptions options = ConnectionOptions.Read(fields);
        framing.IsPersistent = !options.HasClose && (isHttp11 || options.HasKeepAlive);

        // RFC 9110 section 7.8: Upgrade in HTTP/1.0 is ignored, and so is one that Connection does not nominate.
        framing.HasUpgrade = isHttp11 && options.HasUpgrade && fields.Has(KnownField.Upgrade);
        framing.AcceptsTrailers = isHttp11 && fields.Has(KnownField.Te) && Trailers.AreAccepted(fields);
        if (fields.Has(KnownField.Expect))
        {
            FillExpect(head, isHttp11, ref framing);
        }
    }

    internal static void FillExpect(RequestHead head, bool isHttp11, ref RequestFraming framing)
    {
        HeaderFields fields = head.Fields;
        int slot = fields.Find(KnownField.Expect);
        bool isContinue = System.Text.Ascii.EqualsIgnoreCase(fields.ValueAt(slot), "100-continue"u8)
            && fields.Find(KnownField.Expect, slot + 1) < 0;
        framing.HasUnknownExpect = !isContinue;
        framing.ExpectsContinue = isContinue && isHttp11 && !head.BodyLength.IsNone;
        if (isContinue && !framing.ExpectsContinue)
        {
            // RFC 9110 section 10.1.1: ignored in HTTP/1.0, and without content it asks for nothing. Forwarded, it could only
            // make an origin wait.
            fields.Remove(KnownField.Expect);
        }
    }

    private static readonly ulong _connectionMask = HeaderFields.Mask(KnownField.Connection) | HeaderFields.Mask(KnownField.Te)
        | HeaderFields.Mask(KnownField.Expect);
}
