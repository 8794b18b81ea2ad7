// Hot: runs for every request. See bench/Weir.Bench.Http.
using System.Buffers;
using System.Text;
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

    /// <summary>Whether origins may read the path in more than one way: <see cref="PathAmbiguity"/>.</summary>
    public bool IsPathAmbiguous;

    /// <summary>Reads the target of a request line whose method has been split off; offsets count from the line's start.</summary>
    public RejectReason Read(ReadOnlySpan<byte> line, int start, int length, int methodLength)
    {
        Start = start;
        Length = length;
        ReadOnlySpan<byte> target = line.Slice(start, length);

        // RFC 9112 section 3.2.3: authority-form is for CONNECT, and CONNECT takes no other.
        if (methodLength == 7 && line.StartsWith("CONNECT"u8))
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
            return line.StartsWith("OPTIONS "u8) ? RejectReason.None : RejectReason.AsteriskNotAllowed;
        }

        return ReadAbsoluteForm(target);
    }

    /// <summary>Reads path and query alone, as HTTP/2 has them; offsets count from where <paramref name="start"/> does.</summary>
    public RejectReason ReadPathAndQuery(ReadOnlySpan<byte> target, int start, bool isOptions)
    {
        Start = start;
        Length = target.Length;
        if (target.Length == 1 && target[0] == (byte)'*')
        {
            Form = TargetForm.Asterisk;
            IsPathNormal = true;
            return isOptions ? RejectReason.None : RejectReason.AsteriskNotAllowed;
        }

        Form = TargetForm.Origin;
        return ReadPathAndQuery(target, 0);
    }

    private RejectReason ReadAuthorityForm(ReadOnlySpan<byte> target)
    {
        Form = TargetForm.Authority;
        IsPathNormal = true;
        AuthorityStart = Start;
        AuthorityLength = target.Length;

        // RFC 9110 section 9.3.6: the port is required.
        bool hasPort = Authority.TryParse(target, out Authority authority) && authority.Port > 0;
        return hasPort ? RejectReason.None : RejectReason.BadConnectTarget;
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
        PathStart = Start + pathStart;
        int pathLength = PathScanner.EndOfQuietPath(rest);
        IsPathNormal = pathLength == rest.Length || rest[pathLength] == (byte)'?';
        if (!IsPathNormal)
        {
            int question = rest[pathLength..].IndexOf((byte)'?');
            pathLength = question < 0 ? rest.Length : pathLength + question;
        }

        PathLength = pathLength;
        HasQuery = pathLength < rest.Length;
        if (HasQuery)
        {
            QueryStart = PathStart + pathLength + 1;
            QueryLength = rest.Length - pathLength - 1;
            ReadOnlySpan<byte> query = rest[(pathLength + 1)..];
            int bad = query.IndexOfAnyExcept(_queryOctets);
            if (bad >= 0)
            {
                return query[bad] == (byte)'#' ? RejectReason.FragmentInTarget : RejectReason.BadQueryOctet;
            }
        }

        return IsPathNormal ? RejectReason.None : ReadUnquietPath(rest[..pathLength]);
    }

    private RejectReason ReadUnquietPath(ReadOnlySpan<byte> path)
    {
        IsPathAmbiguous = PathAmbiguity.Find(path) != PathReadings.None;
        return PathNormaliser.Check(path, out IsPathNormal);
    }
}
