// Hot: runs for every request. See bench/Weir.Bench.Http.
using Weir.Abstractions.Heads;
using Weir.Http.Semantics;

namespace Weir.Http.Http1;

/// <summary>Writes a request's head for an origin (RFC 9112 sections 3 to 6).</summary>
public static class RequestHeadWriter
{
    private static readonly ulong _skippedMask = HeadWriter.ConnectionMask | HeaderFields.Mask(KnownField.Host);

    /// <summary>A size of buffer in which <see cref="Write"/> succeeds, whatever the options.</summary>
    public static int MaxOctets(RequestHead head) =>
        HeadWriter.MostOctets(head.Fields) + head.MethodToken.Length + head.Target.Length + head.Path.Length + head.Query.Length
        + head.Authority.Length + head.OriginAuthority.Length;

    /// <summary>Writes the head.</summary>
    /// <param name="head">The request. Its fields are written but for those that the options speak for.</param>
    /// <param name="options">What to say about message and connection.</param>
    /// <param name="target">Where to write.</param>
    /// <returns>Octets written, or -1 when the target is too small.</returns>
    public static int Write(RequestHead head, in RequestWriteOptions options, Span<byte> target)
    {
        HeadWriter writer = new(target);
        writer.Write(head.MethodToken);
        writer.Write(" "u8);
        WriteTarget(ref writer, head, options.UseRawTarget);
        writer.Write(options.Http10 ? " HTTP/1.0\r\nHost: "u8 : " HTTP/1.1\r\nHost: "u8);

        // RFC 9110 section 7.2: Host first, and from the authority that was routed by unless a module chose another for the origin.
        writer.Write(head.OriginAuthority);
        writer.Write("\r\n"u8);
        writer.WriteFields(head.Fields, _skippedMask);
        if (!options.BodyLength.IsNone || ExpectsContent(head.Method))
        {
            writer.WriteFraming(options.BodyLength);
        }

        WriteConnection(ref writer, head, options);
        writer.Write("\r\n"u8);
        return writer.Result;
    }

    private static void WriteTarget(ref HeadWriter writer, RequestHead head, bool useRaw)
    {
        if (head.Method == RequestMethod.Connect)
        {
            writer.Write(head.Authority);
            return;
        }

        if (head.IsAsterisk)
        {
            writer.Write("*"u8);
            return;
        }

        if (useRaw)
        {
            WriteRaw(ref writer, RequestTarget.PathAndQuery(head.Target));
            return;
        }

        writer.Write(head.Path);
        if (head.HasQuery)
        {
            writer.Write("?"u8);
            writer.Write(head.Query);
        }
    }

    private static void WriteRaw(ref HeadWriter writer, ReadOnlySpan<byte> pathAndQuery)
    {
        if (pathAndQuery.IsEmpty || pathAndQuery[0] != (byte)'/')
        {
            writer.Write("/"u8);
        }

        writer.Write(pathAndQuery);
    }

    // RFC 9110 section 8.6: methods that anticipate content say so when there is none.
    private static bool ExpectsContent(RequestMethod method) =>
        method is RequestMethod.Post or RequestMethod.Put or RequestMethod.Patch or RequestMethod.Query;

    private static void WriteConnection(ref HeadWriter writer, RequestHead head, in RequestWriteOptions options)
    {
        bool keepsUpgrade = options.KeepUpgrade && head.Fields.Has(KnownField.Upgrade);
        if (!options.Close && !keepsUpgrade && !options.SendTeTrailers && !options.Http10)
        {
            return;
        }

        writer.Write("Connection: "u8);
        writer.Write(options.Close ? "close"u8 : options.Http10 ? "keep-alive"u8 : default);
        bool isFirst = !options.Close && !options.Http10;
        if (keepsUpgrade)
        {
            writer.Write(isFirst ? "upgrade"u8 : ", upgrade"u8);
            isFirst = false;
        }

        // RFC 9110 section 10.1.4: whoever sends TE nominates it.
        if (options.SendTeTrailers)
        {
            writer.Write(isFirst ? "TE\r\nTE: trailers"u8 : ", TE\r\nTE: trailers"u8);
        }

        writer.Write("\r\n"u8);
        if (keepsUpgrade)
        {
            writer.WriteUpgrade(head.Fields);
        }
    }
}
