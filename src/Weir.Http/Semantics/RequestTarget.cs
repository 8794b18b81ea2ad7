namespace Weir.Http.Semantics;

/// <summary>Parts of a request target that the parser has accepted, as it was received.</summary>
public static class RequestTarget
{
    /// <summary>Path and query; empty for "*" and for CONNECT. An absolute-form target may have an empty path before its query.</summary>
    public static ReadOnlySpan<byte> PathAndQuery(ReadOnlySpan<byte> target)
    {
        if (target.IsEmpty || target[0] == (byte)'/')
        {
            return target;
        }

        int authority = target.IndexOf("://"u8) + 3;
        if (authority < 3)
        {
            return default;
        }

        int path = target[authority..].IndexOfAny((byte)'/', (byte)'?');
        return path < 0 ? default : target[(authority + path)..];
    }

    /// <summary>The path as received, for <see cref="PathAmbiguity"/>: not normalised, without the query.</summary>
    public static ReadOnlySpan<byte> Path(ReadOnlySpan<byte> target)
    {
        ReadOnlySpan<byte> rest = PathAndQuery(target);
        int query = rest.IndexOf((byte)'?');
        return query < 0 ? rest : rest[..query];
    }
}
