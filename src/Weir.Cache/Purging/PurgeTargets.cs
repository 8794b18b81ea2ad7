using System.Diagnostics.CodeAnalysis;
using System.Text;
using Weir.Cache.Keys;
using Weir.Http.Http1;
using Weir.Http.Semantics;

namespace Weir.Cache.Purging;

/// <summary>
/// What people and programs write of what they want purged, as <see cref="Purge"/>. A URL may lack its scheme: then both are meant.
/// </summary>
public static class PurgeTargets
{
    /// <summary>Characters of a URL, a prefix or a tag.</summary>
    public const int MostCharacters = 4_096;

    /// <summary>Reads a URL; it may become several, for the ways in which caches make keys of queries.</summary>
    public static bool TryReadUrl(
        string url, bool isSoft, IReadOnlyList<KeyRules> rules, ICollection<Purge> purges, [NotNullWhen(false)] out string? error)
    {
        if (!TrySplit(url, out string scheme, out string authority, out string target, out error))
        {
            return false;
        }

        int question = target.IndexOf('?', StringComparison.Ordinal);
        string path = question < 0 ? target : target[..question];
        string? query = question < 0 ? null : target[(question + 1)..];
        HashSet<string> targets = new(StringComparer.Ordinal);
        foreach (string form in PathForms(path))
        {
            targets.Add(query is null ? form : $"{form}?{query}");
            foreach (KeyRules rule in rules)
            {
                targets.Add(KeyOf(rule, form, query));
            }
        }

        foreach (string form in targets)
        {
            foreach (string one in Schemes(scheme))
            {
                purges.Add(Purge.OfUrl(one, authority, form, isSoft));
            }
        }

        return true;
    }

    /// <summary>Reads the beginning of URLs.</summary>
    public static bool TryReadPrefix(string prefix, bool isSoft, ICollection<Purge> purges, [NotNullWhen(false)] out string? error)
    {
        if (!TrySplit(prefix, out string scheme, out string authority, out string target, out error))
        {
            return false;
        }

        foreach (string form in PathForms(target))
        {
            purges.Add(Purge.OfPrefix(scheme, authority, form, isSoft));
        }

        return true;
    }

    /// <summary>Reads a host, with one port or with all of them.</summary>
    public static bool TryReadHost(string host, bool isSoft, ICollection<Purge> purges, [NotNullWhen(false)] out string? error)
    {
        string name = host.Trim().ToLowerInvariant();
        if (name.Contains('/', StringComparison.Ordinal) || !IsAuthority(name))
        {
            error = $"\"{host}\" is no host. Write e.g. example.com, or example.com:8080 for one port.";
            return false;
        }

        error = null;
        bool hasPort = name.LastIndexOf(':') > name.LastIndexOf(']');
        purges.Add(hasPort ? Purge.OfAuthority(WithoutPort(WithoutPort(name, ":80"), ":443"), isSoft) : Purge.OfHost(name, isSoft));
        return true;
    }

    /// <summary>Reads a tag.</summary>
    public static bool TryReadTag(string tag, bool isSoft, ICollection<Purge> purges, [NotNullWhen(false)] out string? error)
    {
        error = tag.Length is 0 or > TagFields.MostOctets || tag.Any(char.IsControl)
            ? $"A tag has 1 to {TagFields.MostOctets} characters, none of them a control character."
            : null;
        if (error is null)
        {
            purges.Add(Purge.OfTag(tag, isSoft));
        }

        return error is null;
    }

    private static string[] Schemes(string scheme) => scheme.Length > 0 ? [scheme] : ["https", "http"];

    private static bool TrySplit(
        string url, out string scheme, out string authority, out string target, [NotNullWhen(false)] out string? error)
    {
        scheme = url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? "https"
            : url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? "http" : "";
        string rest = scheme.Length > 0 ? url[(scheme.Length + 3)..] : url;
        int fragment = rest.IndexOf('#', StringComparison.Ordinal);
        rest = fragment < 0 ? rest : rest[..fragment];
        int slash = rest.IndexOfAny(['/', '?']);
        authority = (slash < 0 ? rest : rest[..slash]).ToLowerInvariant();
        target = slash < 0 ? "/" : rest[slash] == '?' ? "/" + rest[slash..] : rest[slash..];
        authority = WithoutPort(authority, scheme == "http" ? ":80" : scheme == "https" ? ":443" : "\n");
        bool isGood = IsAuthority(authority) && url.Length <= MostCharacters && !url.Any(letter => char.IsControl(letter) || letter == ' ');
        error = isGood ? null : $"\"{url}\" is no URL. Write e.g. https://example.com/path?query, or without https:// for both schemes.";
        return isGood;
    }

    private static bool IsAuthority(string authority) =>
        authority.Length > 0
            && authority.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '-' or '_' or ':' or '[' or ']')
        && IsPort(authority[(authority.LastIndexOf(']') + 1)..]);

    private static bool IsPort(string rest) =>
        rest.IndexOf(':', StringComparison.Ordinal) is var colon
            && (colon < 0 || (rest.Length > colon + 1 && rest[(colon + 1)..].All(char.IsAsciiDigit)));

    private static string WithoutPort(string authority, string port) =>
        authority.EndsWith(port, StringComparison.Ordinal) ? authority[..^port.Length] : authority;

    // Sites with `paths: raw` keep what clients sent: both forms are purged.
    private static IEnumerable<string> PathForms(string path)
    {
        byte[] octets = Encoding.UTF8.GetBytes(path);
        byte[] normal = new byte[octets.Length];
        yield return path;
        if (PathNormaliser.Normalise(octets, normal, out int written) == RejectReason.None
            && !normal.AsSpan(0, written).SequenceEqual(octets))
        {
            yield return Encoding.UTF8.GetString(normal, 0, written);
        }
    }

    private static string KeyOf(KeyRules rules, string path, string? query)
    {
        byte[] target = new byte[2 * MostCharacters * 4];
        int octets = KeyWriter.WriteTarget(
            rules, Encoding.UTF8.GetBytes(path), Encoding.UTF8.GetBytes(query ?? ""), query is not null, target);
        return Encoding.UTF8.GetString(target, 0, octets);
    }
}
