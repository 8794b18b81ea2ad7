// Hot: read for each line.
using Weir.Abstractions.Errors;
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Pipeline.AccessLogging;

/// <summary>What lines say that an exchange does not hold in that form.</summary>
internal static class AccessFacts
{
    private static readonly string[] _phases = ["head", "modules", "queue", "connect", "send", "wait", "body", "tunnel", "done"];

    /// <summary>The status given to the client; else the one that the error stands for; else 0.</summary>
    internal static int Status(Exchange exchange) => exchange.Response.Status != 0 ? exchange.Response.Status : exchange.Error?.Status ?? 0;

    /// <summary>
    /// The target as the client sent it, cut into path and query. The scheme and authority of an absolute target are left out: host says
    /// them. Where there is none (a fetch), what the modules left.
    /// </summary>
    internal static void Target(RequestHead request, out ReadOnlySpan<byte> path, out ReadOnlySpan<byte> query)
    {
        ReadOnlySpan<byte> target = request.Target;
        if (target.IsEmpty)
        {
            path = request.Path;
            query = request.Query;
            return;
        }

        if (target[0] != (byte)'/' && target.IndexOf("://"u8) is var scheme and > 0)
        {
            target = target[(scheme + 3)..];
            int slash = target.IndexOfAny((byte)'/', (byte)'?');
            target = slash < 0 ? default : target[slash..];
        }

        int mark = target.IndexOf((byte)'?');
        path = mark < 0 ? target : target[..mark];
        query = mark < 0 ? default : target[(mark + 1)..];
    }

    internal static ReadOnlySpan<byte> Field(HeaderFields fields, KnownField name)
        => fields.TryGet(name, out ReadOnlySpan<byte> value) ? value : default;

    internal static ReadOnlySpan<byte> Protocol(HttpVersion version) => version switch
    {
        HttpVersion.Http10 => "HTTP/1.0"u8,
        HttpVersion.Http2 => "HTTP/2"u8,
        HttpVersion.Http3 => "HTTP/3"u8,
        _ => "HTTP/1.1"u8,
    };

    internal static string? EndedBy(Fault fault) => fault switch
    {
        Fault.Client => "client",
        Fault.Origin => "origin",
        Fault.Weir => "weir",
        _ => null,
    };

    /// <summary>The phase in which the exchange was ended; null when it completed.</summary>
    internal static string? EndedPhase(Exchange exchange) => exchange.EndedBy == Fault.None ? null : _phases[(int)exchange.Phase];

    /// <summary>The client's address as text; <paramref name="room"/> is used where the connection does not have it already.</summary>
    internal static ReadOnlySpan<byte> Client(Exchange exchange, Span<byte> room)
    {
        if (exchange.ClientAddress == exchange.Connection.Remote)
        {
            return exchange.Connection.RemoteText;
        }

        return room[..exchange.ClientAddress.Format(room)];
    }
}
