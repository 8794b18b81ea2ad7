// Hot: once for each exchange.
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Pipeline.AccessLogging;

/// <summary>
/// An operator's own line: text with {placeholders}, which are the keys of <see cref="AccessKeys"/>, {header.NAME} and
/// {response_header.NAME}. Values are escaped as in the combined format; one that is not there is "-".
/// </summary>
public sealed class TemplateAccessFormat : AccessFormat
{
    private const EscapeStyle Style = EscapeStyle.Hex;

    private readonly LineClock _clock = new();
    private readonly TemplatePiece[] _pieces;

    internal TemplateAccessFormat(TemplatePiece[] pieces) => _pieces = pieces;

    /// <summary>Parses a template; null with every mistake in it.</summary>
    public static new TemplateAccessFormat? TryParse(string template, out IReadOnlyList<AccessFormatError> errors)
    {
        AccessTemplateParser parser = new(template);
        TemplatePiece[] pieces = parser.Parse();
        errors = parser.Errors;
        return errors.Count == 0 ? new TemplateAccessFormat(pieces) : null;
    }

    /// <inheritdoc/>
    public override AccessFormat ForLoop() => new TemplateAccessFormat(_pieces);

    /// <inheritdoc/>
    public override int Write(Exchange exchange, Span<byte> line)
    {
        LineWriter writer = new(line);
        PhaseDurations phases = new(in exchange.Timings);
        foreach (TemplatePiece piece in _pieces)
        {
            int before = writer.Length;
            switch (piece.Source)
            {
                case TemplateSource.Literal:
                    writer.Raw(piece.Octets);
                    continue;
                case TemplateSource.RequestField:
                    WriteField(exchange.Request.Fields, piece, ref writer);
                    break;
                case TemplateSource.ResponseField:
                    WriteField(exchange.Response.Fields, piece, ref writer);
                    break;
                default:
                    WriteKey(exchange, in phases, piece, ref writer);
                    break;
            }

            if (writer.Length == before)
            {
                writer.Raw("-"u8);
            }
        }

        return End(ref writer, line);
    }

    private void WriteKey(Exchange exchange, in PhaseDurations phases, TemplatePiece piece, ref LineWriter writer)
    {
        RequestHead request = exchange.Request;
        Span<byte> room = stackalloc byte[IpAddress.MaxTextOctets];
        int bound = piece.Bound;
        bool hasServer = exchange.ServerName is not null;
        switch (piece.Key)
        {
            case AccessKey.Time: writer.Raw(_clock.Rfc3339(exchange.Loop.UnixMs)); break;
            case AccessKey.Client: writer.Raw(AccessFacts.Client(exchange, room)); break;
            case AccessKey.RequestId: writer.Text(exchange.RequestId, bound, Style); break;
            case AccessKey.Method: writer.Text(request.MethodToken, bound, Style); break;
            case AccessKey.Scheme: writer.Raw(request.IsHttps ? "https"u8 : "http"u8); break;
            case AccessKey.Host: writer.Text(request.Host, bound, Style); break;
            case AccessKey.Path: WriteTarget(request, wantsQuery: false, bound, ref writer); break;
            case AccessKey.Query: WriteTarget(request, wantsQuery: true, bound, ref writer); break;
            case AccessKey.Protocol: writer.Raw(AccessFacts.Protocol(request.Version)); break;
            case AccessKey.Status: writer.Number(AccessFacts.Status(exchange)); break;
            case AccessKey.RequestBytes: writer.Number(exchange.ReceivedOctets); break;
            case AccessKey.ResponseBytes: writer.Number(exchange.SentBodyOctets); break;
            case AccessKey.DurationMs: writer.Milliseconds(phases.TotalNs); break;
            case AccessKey.PhaseHead: WritePhase(phases.HeadNs, ref writer); break;
            case AccessKey.PhaseQueue: WritePhase(phases.QueueNs, ref writer); break;
            case AccessKey.PhaseConnect: WritePhase(phases.ConnectNs, ref writer); break;
            case AccessKey.PhaseSend: WritePhase(phases.SendNs, ref writer); break;
            case AccessKey.PhaseWait: WritePhase(phases.WaitNs, ref writer); break;
            case AccessKey.PhaseBody: WritePhase(phases.BodyNs, ref writer); break;
            case AccessKey.Site: writer.Text(exchange.SiteName, bound, Style); break;
            case AccessKey.Route: writer.Text(exchange.RouteName, bound, Style); break;
            case AccessKey.Upstream: writer.Text(exchange.UpstreamName, bound, Style); break;
            case AccessKey.Server: writer.Text(exchange.ServerName, bound, Style); break;
            case AccessKey.Retries when hasServer: writer.Number(exchange.Retries); break;
            case AccessKey.Hedged when exchange.IsHedged: writer.Raw("true"u8); break;
            case AccessKey.Reused when hasServer: writer.Raw(exchange.IsOriginReused ? "true"u8 : "false"u8); break;
            case AccessKey.AnsweredBy: writer.Text(exchange.AnsweredBy, bound, Style); break;
            case AccessKey.EndedBy: writer.Text(AccessFacts.EndedBy(exchange.EndedBy), bound, Style); break;
            case AccessKey.EndedPhase: writer.Text(AccessFacts.EndedPhase(exchange), bound, Style); break;
            case AccessKey.Error: writer.Text(exchange.Error?.Name, bound, Style); break;
            case AccessKey.ErrorDetail: writer.Text(exchange.ErrorDetail, bound, Style); break;
            case AccessKey.UserAgent: writer.Text(AccessFacts.Field(request.Fields, KnownField.UserAgent), bound, Style); break;
            case AccessKey.Referer: writer.Text(AccessFacts.Field(request.Fields, KnownField.Referer), bound, Style); break;
            case AccessKey.TlsVersion: writer.Text(exchange.Connection.Tls?.Version, bound, Style); break;
            case AccessKey.TlsCipher: writer.Text(exchange.Connection.Tls?.Cipher, bound, Style); break;
            case AccessKey.TlsServerName: writer.Text(exchange.Connection.Tls?.ServerName, bound, Style); break;
            case AccessKey.TlsResumed when exchange.Connection.Tls is { } tls: writer.Raw(tls.IsResumed ? "true"u8 : "false"u8); break;
            case AccessKey.TlsProtocol: writer.Text(exchange.Connection.Tls?.Protocol, bound, Style); break;
            case AccessKey.TlsClientSubject: writer.Text(exchange.Connection.Tls?.ClientSubject, bound, Style); break;
            case AccessKey.TlsClientFingerprint: writer.Text(exchange.Connection.Tls?.ClientFingerprint, bound, Style); break;
            default: break;
        }
    }

    private static void WriteTarget(RequestHead request, bool wantsQuery, int bound, ref LineWriter writer)
    {
        AccessFacts.Target(request, out ReadOnlySpan<byte> path, out ReadOnlySpan<byte> query);
        writer.Text(wantsQuery ? query : path, bound, Style);
    }

    private static void WritePhase(long ns, ref LineWriter writer)
    {
        if (ns >= 0)
        {
            writer.Milliseconds(ns);
        }
    }

    // Several fields of one name are one list (RFC 9110 section 5.3).
    private static void WriteField(HeaderFields fields, TemplatePiece piece, ref LineWriter writer)
    {
        int end = writer.Length + piece.Bound;
        bool isFirst = true;
        for (int slot = Next(fields, piece, 0); slot >= 0; slot = Next(fields, piece, slot + 1))
        {
            if (!isFirst)
            {
                if (end - writer.Length <= LineWriter.CutMark.Length + 2)
                {
                    return;
                }

                writer.Raw(", "u8);
            }

            isFirst = false;
            writer.Text(fields.ValueAt(slot), end - writer.Length, Style);
        }
    }

    private static int Next(HeaderFields fields, TemplatePiece piece, int from) =>
        piece.Field != KnownField.Other ? fields.Find(piece.Field, from) : fields.Find(piece.Octets, from);
}
