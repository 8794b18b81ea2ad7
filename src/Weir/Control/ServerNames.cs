using Weir.Abstractions.Options;
using Weir.Pipeline.Balancing;

namespace Weir.Control;

/// <summary>
/// Names of servers as commands write them: UPSTREAM/SERVER. Names of upstreams that a URL made may hold slashes, so a name is read
/// against those that exist.
/// </summary>
public static class ServerNames
{
    private const int MostShown = 5;

    /// <summary>
    /// Cuts a name after the longest upstream that it begins with, else at its first slash. False when it has no two parts.
    /// </summary>
    /// <param name="path">"app/10.0.0.11:8080".</param>
    /// <param name="upstreams">The names that exist.</param>
    /// <param name="upstream">What stands before the slash.</param>
    /// <param name="server">What stands after it.</param>
    public static bool TrySplit(string path, IEnumerable<string> upstreams, out string upstream, out string server)
    {
        string? known = upstreams
            .Where(name => path.Length > name.Length + 1 && path[name.Length] == '/' && path.StartsWith(name, StringComparison.Ordinal))
            .MaxBy(name => name.Length);
        int cut = known?.Length ?? path.IndexOf('/');
        upstream = cut > 0 ? path[..cut] : "";
        server = cut > 0 ? path[(cut + 1)..] : "";
        return server.Length > 0;
    }

    /// <summary>The names that were probably meant, nearest first.</summary>
    internal static IReadOnlyList<string> NearestTo(string upstream, string server, IEnumerable<UpstreamState> upstreams)
    {
        string wanted = $"{upstream}/{server}";
        string[] all = [.. upstreams.SelectMany(known => known.Servers.Select(other => $"{known.Name}/{other.Name}")).Distinct(StringComparer.Ordinal)];
        string[] ofUpstream = [.. all.Where(name => name.StartsWith(upstream + "/", StringComparison.Ordinal))];

        // One wrong letter is near enough; a wrong name in a right upstream is best answered with what that upstream has.
        string? near = Nearest.Find(wanted, ofUpstream.Length > 0 ? ofUpstream : all);
        IEnumerable<string> rest = ofUpstream.Length > 0 ? ofUpstream : all;
        return [.. (near is null ? rest : rest.Where(name => name != near).Prepend(near)).Take(MostShown)];
    }
}
