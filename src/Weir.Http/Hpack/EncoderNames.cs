using System.Text;
using Weir.Abstractions.Heads;

namespace Weir.Http.Hpack;

/// <summary>What an encoder knows of known names: lower-case spelling, place in the static table, policy.</summary>
internal static class EncoderNames
{
    private static readonly byte[][] _lower = Make(field => Encoding.ASCII.GetBytes(KnownFields.Name(field).ToLowerInvariant()));
    private static readonly byte[] _staticIndex = Make(
        field => (byte)(field == KnownField.Other ? 0 : StaticTable.FindName(_lower[(int)field])));
    private static readonly FieldPolicy[] _policies = Make(PolicyOf);

    /// <summary>The spelling of HTTP/2.</summary>
    public static ReadOnlySpan<byte> Lower(KnownField field) => _lower[(int)field];

    /// <summary>The first entry of the static table with that name, or 0.</summary>
    public static int StaticIndex(KnownField field) => _staticIndex[(int)field];

    /// <summary>How fields of that name are sent.</summary>
    public static FieldPolicy Policy(KnownField field) => _policies[(int)field];

    private static T[] Make<T>(Func<KnownField, T> of) =>
        [.. Enumerable.Range(0, (int)KnownField.Count).Select(field => of((KnownField)field))];

    private static FieldPolicy PolicyOf(KnownField field) => field switch
    {
        KnownField.Authorization or KnownField.ProxyAuthorization or KnownField.Cookie or KnownField.SetCookie
            or KnownField.SecWebSocketKey or KnownField.SecWebSocketAccept => FieldPolicy.Never,
        KnownField.ContentLength or KnownField.XRequestId or KnownField.ETag or KnownField.LastModified or KnownField.Age
            or KnownField.Expires or KnownField.Location or KnownField.ContentLocation or KnownField.ContentRange or KnownField.Range
            or KnownField.IfMatch or KnownField.IfNoneMatch or KnownField.IfModifiedSince or KnownField.IfUnmodifiedSince
            or KnownField.IfRange or KnownField.Forwarded or KnownField.XForwardedFor or KnownField.Referer or KnownField.ClientCert
            or KnownField.ClientCertChain or KnownField.Refresh or KnownField.ProxyStatus => FieldPolicy.Plain,
        _ => FieldPolicy.Index,
    };
}
