namespace Weir.Cache.Purging;

/// <summary>One thing to purge, in the form that stored responses are compared with. Immutable.</summary>
public sealed class Purge
{
    private Purge(PurgeKind kind, string text, bool isSoft, IPurgePredicate? predicate)
    {
        Kind = kind;
        Text = text;
        IsSoft = isSoft;
        Predicate = predicate;
    }

    /// <summary>What it names.</summary>
    public PurgeKind Kind { get; }

    /// <summary>The name: scheme, authority and target divided by line feeds, a host, a tag, conditions.</summary>
    public string Text { get; }

    /// <summary>Whether it only makes stale.</summary>
    public bool IsSoft { get; }

    /// <summary>The conditions of <see cref="PurgeKind.Where"/>.</summary>
    public IPurgePredicate? Predicate { get; }

    /// <summary>
    /// A URL: "http" or "https", the host in lower case with a port that is not the scheme's own, path and query as they are stored.
    /// </summary>
    public static Purge OfUrl(string scheme, string authority, string target, bool isSoft) =>
        new(PurgeKind.Url, $"{scheme}\n{authority}\n{target}", isSoft, null);

    /// <summary>The URL of a key, with what makes variants of it left out; null: it is no key.</summary>
    public static Purge? OfKey(ReadOnlySpan<byte> key, bool isSoft) => KeyParts.TryRead(key, out KeyParts parts)
        ? new(PurgeKind.Url, System.Text.Encoding.UTF8.GetString(parts.Url), isSoft, null)
        : null;

    /// <summary>All URLs that begin as that of a key does, but for a * at its end; null: it is no key.</summary>
    public static Purge? OfKeyPrefix(ReadOnlySpan<byte> key, bool isSoft) => KeyParts.TryRead(key, out KeyParts parts)
        ? new(PurgeKind.Prefix, System.Text.Encoding.UTF8.GetString(parts.Url.EndsWith("*"u8) ? parts.Url[..^1] : parts.Url), isSoft, null)
        : null;

    /// <summary>All URLs that begin so; an empty scheme stands for both.</summary>
    public static Purge OfPrefix(string scheme, string authority, string path, bool isSoft) =>
        new(PurgeKind.Prefix, $"{scheme}\n{authority}\n{path}", isSoft, null);

    /// <summary>A host with all its ports.</summary>
    public static Purge OfHost(string host, bool isSoft) => new(PurgeKind.Host, host, isSoft, null);

    /// <summary>A host with one port; without a port: the schemes' own.</summary>
    public static Purge OfAuthority(string authority, bool isSoft) => new(PurgeKind.Authority, authority, isSoft, null);

    /// <summary>A tag of responses of any origin.</summary>
    public static Purge OfTag(string tag, bool isSoft) => new(PurgeKind.Tag, tag, isSoft, null);

    /// <summary>A tag of responses of one origin.</summary>
    public static Purge OfOriginTag(string scheme, string authority, string tag, bool isSoft) =>
        new(PurgeKind.OriginTag, $"{scheme}\n{authority}\n{tag}", isSoft, null);

    /// <summary>Whatever meets conditions.</summary>
    public static Purge OfPredicate(IPurgePredicate predicate, bool isSoft) => new(PurgeKind.Where, predicate.Text, isSoft, predicate);

    /// <summary>Everything.</summary>
    public static Purge OfAll(bool isSoft) => new(PurgeKind.All, "", isSoft, null);

    // As it stands in a log; conditions that are understood no more touch everything.
    internal static Purge OfLogged(PurgeKind kind, string text, bool isSoft)
    {
        if (kind != PurgeKind.Where)
        {
            return new(kind, text, isSoft, null);
        }

        return PurgeConditions.TryParse(text, out IPurgePredicate? predicate, out _) ? OfPredicate(predicate, isSoft) : OfAll(isSoft);
    }
}
