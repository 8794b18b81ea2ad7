// Hot: once for each exchange. See bench/Weir.Bench.Log.
using Weir.Abstractions.Exchanges;
using Weir.Abstractions.Heads;

namespace Weir.Pipeline.AccessLogging;

/// <summary>One JSON object a line, with the keys of <see cref="AccessKeys"/> in that order; keys without a value are left out.</summary>
public sealed class JsonAccessFormat : AccessFormat
{
    private const EscapeStyle Style = EscapeStyle.Json;

    private readonly LineClock _clock = new();

    /// <inheritdoc/>
    public override AccessFormat ForLoop() => new JsonAccessFormat();

    /// <inheritdoc/>
    public override int Write(Exchange exchange, Span<byte> line)
    {
        LineWriter writer = new(line);
        WriteRequest(exchange, ref writer);
        WriteNumbers(exchange, ref writer);
        WritePhases(exchange, ref writer);
        WritePlaces(exchange, ref writer);
        WriteEnd(exchange, ref writer);
        WriteFields(exchange.Request.Fields, ref writer);
        if (exchange.Connection.Tls is { } tls)
        {
            WriteTls(tls, ref writer);
        }

        writer.Raw("}"u8);
        return End(ref writer, line);
    }

    private void WriteRequest(Exchange exchange, ref LineWriter writer)
    {
        RequestHead request = exchange.Request;
        Span<byte> room = stackalloc byte[IpAddress.MaxTextOctets];
        writer.Raw("{\"time\":\""u8);
        writer.Raw(_clock.Rfc3339(exchange.Loop.UnixMs));
        writer.Raw("\",\"client\":\""u8);
        writer.Raw(AccessFacts.Client(exchange, room));
        writer.Raw("\",\"request_id\":\""u8);
        writer.Text(exchange.RequestId, AccessBounds.RequestId, Style);
        writer.Raw("\",\"method\":\""u8);
        writer.Text(request.MethodToken, AccessBounds.Method, Style);
        writer.Raw(request.IsHttps ? "\",\"scheme\":\"https\",\"host\":\""u8 : "\",\"scheme\":\"http\",\"host\":\""u8);
        writer.Text(request.Host, AccessBounds.Host, Style);
        AccessFacts.Target(request, out ReadOnlySpan<byte> path, out ReadOnlySpan<byte> query);
        writer.Raw("\",\"path\":\""u8);
        writer.Text(path, AccessBounds.Path, Style);
        if (!query.IsEmpty)
        {
            writer.Raw("\",\"query\":\""u8);
            writer.Text(query, AccessBounds.Query, Style);
        }

        writer.Raw("\",\"protocol\":\""u8);
        writer.Raw(AccessFacts.Protocol(request.Version));
    }

    private static void WriteTls(TlsDetails tls, ref LineWriter writer)
    {
        WriteText(",\"tls_version\":\""u8, tls.Version, AccessBounds.Module, ref writer);
        WriteText(",\"tls_cipher\":\""u8, tls.Cipher, AccessBounds.Module, ref writer);
        if (tls.ServerName is { } name)
        {
            WriteText(",\"tls_server_name\":\""u8, name, AccessBounds.Site, ref writer);
        }

        writer.Raw(tls.IsResumed ? ",\"tls_resumed\":true"u8 : ",\"tls_resumed\":false"u8);
        if (tls.Protocol is { } protocol)
        {
            WriteText(",\"tls_alpn\":\""u8, protocol, AccessBounds.Module, ref writer);
        }

        if (tls.ClientSubject is { } subject)
        {
            WriteText(",\"tls_client_subject\":\""u8, subject, AccessBounds.Subject, ref writer);
            WriteText(",\"tls_client_fingerprint\":\""u8, tls.ClientFingerprint!, AccessBounds.Module, ref writer);
        }
    }

    private static void WriteNumbers(Exchange exchange, ref LineWriter writer)
    {
        writer.Raw("\",\"status\":"u8);
        writer.Number(AccessFacts.Status(exchange));
        writer.Raw(",\"request_bytes\":"u8);
        writer.Number(exchange.ReceivedOctets);
        writer.Raw(",\"response_bytes\":"u8);
        writer.Number(exchange.SentBodyOctets);
    }

    private static void WritePhases(Exchange exchange, ref LineWriter writer)
    {
        PhaseDurations phases = new(in exchange.Timings);
        writer.Raw(",\"duration_ms\":"u8);
        writer.Milliseconds(phases.TotalNs);
        if (phases.HeadNs < 0)
        {
            return;
        }

        writer.Raw(",\"phases\":{\"head\":"u8);
        writer.Milliseconds(phases.HeadNs);
        WritePhase(",\"queue\":"u8, phases.QueueNs, ref writer);
        WritePhase(",\"connect\":"u8, phases.ConnectNs, ref writer);
        WritePhase(",\"send\":"u8, phases.SendNs, ref writer);
        WritePhase(",\"wait\":"u8, phases.WaitNs, ref writer);
        WritePhase(",\"body\":"u8, phases.BodyNs, ref writer);
        writer.Raw("}"u8);
    }

    private static void WritePhase(ReadOnlySpan<byte> key, long ns, ref LineWriter writer)
    {
        if (ns >= 0)
        {
            writer.Raw(key);
            writer.Milliseconds(ns);
        }
    }

    private static void WritePlaces(Exchange exchange, ref LineWriter writer)
    {
        WriteText(",\"site\":\""u8, exchange.SiteName, AccessBounds.Site, ref writer);
        WriteText(",\"route\":\""u8, exchange.RouteName, AccessBounds.Route, ref writer);
        WriteText(",\"upstream\":\""u8, exchange.UpstreamName, AccessBounds.Upstream, ref writer);
        if (exchange.ServerName is null)
        {
            return;
        }

        WriteText(",\"server\":\""u8, exchange.ServerName, AccessBounds.Server, ref writer);
        writer.Raw(",\"retries\":"u8);
        writer.Number(exchange.Retries);
        writer.Raw(exchange.IsHedged ? ",\"hedged\":true"u8 : default);
        writer.Raw(exchange.IsOriginReused ? ",\"reused\":true"u8 : ",\"reused\":false"u8);
    }

    private static void WriteEnd(Exchange exchange, ref LineWriter writer)
    {
        WriteText(",\"answered_by\":\""u8, exchange.AnsweredBy, AccessBounds.Module, ref writer);
        if (AccessFacts.EndedBy(exchange.EndedBy) is { } endedBy)
        {
            WriteText(",\"ended_by\":\""u8, endedBy, AccessBounds.Module, ref writer);
            WriteText(",\"ended_phase\":\""u8, AccessFacts.EndedPhase(exchange), AccessBounds.Module, ref writer);
        }

        WriteText(",\"error\":\""u8, exchange.Error?.Name, AccessBounds.Error, ref writer);
        WriteText(",\"error_detail\":\""u8, exchange.ErrorDetail, AccessBounds.ErrorDetail, ref writer);
    }

    private static void WriteFields(HeaderFields fields, ref LineWriter writer)
    {
        WriteField(",\"user_agent\":\""u8, fields, KnownField.UserAgent, AccessBounds.UserAgent, ref writer);
        WriteField(",\"referer\":\""u8, fields, KnownField.Referer, AccessBounds.Referer, ref writer);
    }

    private static void WriteField(ReadOnlySpan<byte> key, HeaderFields fields, KnownField name, int bound, ref LineWriter writer)
    {
        if (fields.TryGet(name, out ReadOnlySpan<byte> value))
        {
            writer.Raw(key);
            writer.Text(value, bound, Style);
            writer.Raw("\""u8);
        }
    }

    private static void WriteText(ReadOnlySpan<byte> key, string? text, int bound, ref LineWriter writer)
    {
        if (text is not null)
        {
            writer.Raw(key);
            writer.Text(text, bound, Style);
            writer.Raw("\""u8);
        }
    }
}
