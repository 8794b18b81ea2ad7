// Hot: runs for every request. See bench/Weir.Bench.Http.
using System.Buffers;
using System.Text;
using Weir.Abstractions.Heads;
using Weir.Http.Semantics;

namespace Weir.Http.Http1;

/// <summary>The parts of a request target (RFC 9112 section 3.2), as offsets.</summary>
internal struct TargetParts
{
    // RFC 3986 section 3.4: pchar, "/" and "?". Beyond that, the octets that browsers send there without encoding them: "[", "]",
    // "{", "}", "|", "^", "`" and the quotation mark. They delimit nothing in HTTP, and the query is forwarded as it came.
    private static readonly SearchValues<byte> _queryOctets = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~!$&'()*+,;=:@/?%[]{}|^`\""u8);

    public int Start;
    public int Length;
    public int AuthorityStart;
    public int AuthorityLength;
    public int PathStart;
    public int PathLength;
    public int QueryStart;
    public int QueryLength;
    public TargetForm Form;
    public bool HasQuery;
    public bool IsHttps;

    /// <summary>Whether the path is in normal form as it stands.</summary>
    public bool IsPathNormal;

    /// <summary>Reads a target that begins at <paramref name="start"/> of what the offsets shall count from.</summary>
    public RejectReason Read(ReadOnlySpan<byte> target, int start, RequestMethod method)
    {
        Start = start;
        Length = target.Length;

        // RFC 9112 section 3.2.3: authority-form is for CONNECT, and CONNECT takes no other.
        if (method == RequestMethod.Connect)
        {
            return ReadAuthorityForm(target);
        }

        if (target[0] == (byte)'/')
        {
            Form = TargetForm.Origin;
            return ReadPathAndQuery(target, 0);
        }

        if (target.Length == 1 && target[0] == (byte)'*')
        {
            Form = TargetForm.Asterisk;
            IsPathNormal = true;
            return method == RequestMethod.Options ? RejectReason.None : RejectReason.AsteriskNotAllowed;
        }

        return ReadAbsoluteForm(target);
    }

    private RejectReason ReadAuthorityForm(ReadOnlySpan<byte> target)
    {
        Form = TargetForm.Authority;
        IsPathNormal = true;
        AuthorityStart = Start;
        AuthorityLength = target.Length;

        // RFC 9110 section 9.3.6: the port is required.
        return Authority.TryParse(target, out Authority authority) && authority.Port > 0 ? RejectReason.None : RejectReason.BadConnectTarget;
    }

    private RejectReason ReadAbsoluteForm(ReadOnlySpan<byte> target)
    {
        Form = TargetForm.Absolute;
        int colon = target.IndexOf("://"u8);
        if (colon <= 0)
        {
            return target.Contains((byte)'#') ? RejectReason.FragmentInTarget : RejectReason.BadTargetForm;
        }

        IsHttps = Ascii.EqualsIgnoreCase(target[..colon], "https"u8);
        if (!IsHttps && !Ascii.EqualsIgnoreCase(target[..colon], "http"u8))
        {
            return RejectReason.BadScheme;
        }

        int authorityStart = colon + 3;
        int authorityLength = target[authorityStart..].IndexOfAny((byte)'/', (byte)'?', (byte)'#');
        if (authorityLength < 0)
        {
            authorityLength = target.Length - authorityStart;
        }

        ReadOnlySpan<byte> authority = target.Slice(authorityStart, authorityLength);
        if (!Authority.TryParse(authority, out _))
        {
            return authority.Contains((byte)'@') ? RejectReason.UserInfoInTarget : RejectReason.BadTargetAuthority;
        }

        AuthorityStart = Start + authorityStart;
        AuthorityLength = authorityLength;
        return ReadPathAndQuery(target, authorityStart + authorityLength);
    }

    private RejectReason ReadPathAndQuery(ReadOnlySpan<byte> target, int pathStart)
    {
        ReadOnlySpan<byte> rest = target[pathStart..];
        int pathLength = rest.IndexOf((byte)'?');
        HasQuery = pathLength >= 0;
        if (HasQuery)
        {
            QueryStart = Start + pathStart + pathLength + 1;
            QueryLength = rest.Length - pathLength - 1;
            ReadOnlySpan<byte> query = rest[(pathLength + 1)..];
            int bad = query.IndexOfAnyExcept(_queryOctets);
            if (bad >= 0)
            {
                return query[bad] == (byte)'#' ? RejectReason.FragmentInTarget : RejectReason.BadQueryOctet;
            }

            rest = rest[..pathLength];
        }

        PathStart = Start + pathStart;
        PathLength = rest.Length;
        return PathNormaliser.Check(rest, out IsPathNormal);
    }
}
