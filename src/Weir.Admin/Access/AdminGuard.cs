using System.Net;

namespace Weir.Admin.Access;

/// <summary>
/// Who may do what. A page that a browser shows must never reach the admin: a foreign Host (a name that was pointed at this machine) and
/// a foreign origin are refused before anything else. Changes need the socket, or the token.
/// </summary>
internal sealed class AdminGuard
{
    private const string Scheme = "Bearer ";

    private readonly HashSet<string> _names;
    private readonly AdminToken? _token;

    /// <param name="names">Names by which the admin is reached beside localhost and its own addresses.</param>
    /// <param name="token">The token; null: there is none.</param>
    public AdminGuard(IEnumerable<string> names, AdminToken? token)
    {
        _names = new HashSet<string>(names, StringComparer.OrdinalIgnoreCase) { "localhost" };
        _token = token;
    }

    /// <summary>Null when the call may be answered.</summary>
    public Refusal? Check(in AdminCall call) => CheckHost(call) ?? CheckOrigin(call) ?? CheckRights(call);

    /// <summary>Whether an answer says nothing about what is behind: outer balancers ask without a token.</summary>
    private static bool IsProbe(in AdminCall call) => call.Path is "/livez" or "/readyz";

    /// <summary>
    /// Whether an answer may hold what an environment variable brought into the configuration: not for every user of the machine.
    /// </summary>
    private static bool IsConfidential(in AdminCall call) => call.Path.StartsWith("/api/v1/config", StringComparison.OrdinalIgnoreCase);

    private static bool IsRead(in AdminCall call) => call.Method is "GET" or "HEAD";

    private Refusal? CheckHost(in AdminCall call)
    {
        if (!HostName.TryParse(call.Host, out string name))
        {
            return new Refusal(421, "The Host field names no host.", "Send `Host: localhost`.");
        }

        // Addresses cannot be pointed elsewhere by somebody's DNS, but only those of this admin are meant.
        bool isKnown = _names.Contains(name)
            || (IPAddress.TryParse(name, out IPAddress? address) && (IPAddress.IsLoopback(address) || address.Equals(Plain(call.Local))));
        return isKnown
            ? null
            : new Refusal(421, $"The admin is not called {name}.", "Use localhost or its address, or add the name to admin.names.");
    }

    // RFC 6454 section 7: the origin of a page of the admin's own is its scheme and Host. A "null" origin is nobody's.
    private static Refusal? CheckOrigin(in AdminCall call)
    {
        bool isForeign = (call.Origin is { } origin && !origin.Equals("http://" + call.Host, StringComparison.OrdinalIgnoreCase))
            || call.FetchSite is not (null or "same-origin" or "none");
        return isForeign ? new Refusal(403, "A page of another site asked for this.", "Open the admin itself.") : null;
    }

    private Refusal? CheckRights(in AdminCall call)
    {
        if (call.IsOverSocket || IsProbe(call))
        {
            return null;
        }

        // Loopback is where a proxy on this machine comes from, too: what it passes on is not from this machine.
        bool isLocal = !call.IsForwarded && call.Remote is { } remote && IPAddress.IsLoopback(Plain(remote)!);
        if (IsRead(call) && isLocal && !IsConfidential(call))
        {
            return null;
        }

        string what = !IsRead(call) ? "Changing anything over TCP"
            : IsConfidential(call) ? "Reading the configuration over TCP"
            : "Reading from another machine";
        if (_token is null)
        {
            return new Refusal(
                403, $"{what} needs a token, and admin.token_file names none.", "Use the unix socket, or name a token_file.");
        }

        return call.Authorization is { } given && given.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && _token.Matches(given.AsSpan(Scheme.Length))
            ? null
            : new Refusal(401, $"{what} needs the token.", "Send `Authorization: Bearer TOKEN`; the command line has --token-file.");
    }

    private static IPAddress? Plain(IPAddress? address) => address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
}
