using Weir.Abstractions.Exchanges;
using Weir.Http.Http1;
using Weir.Telemetry.Events;

namespace Weir.Server;

/// <summary>Tells operators which limit cut a client off, and how to change it.</summary>
internal static class LimitNotes
{
    /// <summary>A head was refused; only some reasons are limits that can be changed.</summary>
    public static void Write(WeirLog log, ConnectionInfo client, RejectReason reason)
    {
        (string Limit, string What)? note = reason switch
        {
            RejectReason.HeadTimeout => ("header_timeout", "the head did not come whole in time (408)"),
            RejectReason.HeadTooLarge or RejectReason.TargetTooLong =>
                ("header_size", "the head, or the target in it, is too large (431, 414)"),
            RejectReason.TooManyFields => ("header_count", "the head has too many fields (431)"),
            _ => null,
        };
        if (note is { } known)
        {
            Write(log, client, known.Limit, known.What);
        }
    }

    /// <summary>A client passed an option of `limits`.</summary>
    public static void Write(WeirLog log, ConnectionInfo client, string limit, string what)
    {
        if (log.IsEnabled(OperatorEvents.ClientOverLimit))
        {
            log.Write(OperatorEvents.ClientOverLimit, client.Remote.ToString(), limit, what);
        }
    }
}
