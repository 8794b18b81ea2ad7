using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Weir.Admin.Access;

namespace Weir.Admin.Serving;

/// <summary>Who asks.</summary>
internal static class Caller
{
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;

    private static readonly string[] _forwarding = ["Forwarded", "X-Forwarded-For", "Via"];

    /// <summary>What the guard looks at.</summary>
    public static AdminCall Read(HttpContext http)
    {
        HttpRequest request = http.Request;
        return new AdminCall
        {
            Method = request.Method,
            Path = request.Path.Value ?? "",
            Host = request.Host.Value ?? "",
            Origin = One(request.Headers.Origin),
            FetchSite = One(request.Headers["Sec-Fetch-Site"]),
            Authorization = One(request.Headers.Authorization),
            IsForwarded = _forwarding.Any(request.Headers.ContainsKey),
            IsOverSocket = IsOverSocket(http),
            Remote = http.Connection.RemoteIpAddress,
            Local = http.Connection.LocalIpAddress,
        };
    }

    /// <summary>A name for the log: the user of the socket's other end, or the address that sent the token.</summary>
    public static string Name(HttpContext http)
    {
        if (!IsOverSocket(http))
        {
            return string.Create(CultureInfo.InvariantCulture, $"the token's holder at {http.Connection.RemoteIpAddress}");
        }

        // struct ucred: pid, uid, gid.
        Span<byte> peer = stackalloc byte[12];
        int read = SocketOf(http)!.GetRawSocketOption(SolSocket, SoPeerCred, peer);
        return read == peer.Length
            ? string.Create(CultureInfo.InvariantCulture, $"uid {BinaryPrimitives.ReadUInt32LittleEndian(peer[4..])} (pid {BinaryPrimitives.ReadInt32LittleEndian(peer)})")
            : "the socket's user";
    }

    private static bool IsOverSocket(HttpContext http) => SocketOf(http)?.AddressFamily == AddressFamily.Unix;

    private static Socket? SocketOf(HttpContext http) => http.Features.Get<IConnectionSocketFeature>()?.Socket;

    // Several of them are joined, so that they match nothing.
    private static string? One(Microsoft.Extensions.Primitives.StringValues values) => values.Count == 0 ? null : values.ToString();
}
