using System.Globalization;
using Spectre.Console;
using Weir.Control;

namespace Weir.Cli.Control;

/// <summary>The status for a person.</summary>
internal static class StatusTable
{
    private static readonly string[] _columns =
        ["server", "state", "health", "weight", "in flight", "idle", "requests", "failures", "latency", "ejected", "remarks"];

    public static void Write(WeirStatus status, TextWriter output)
    {
        output.WriteLine(
            $"Weir {status.Version}, process {status.Pid}, up {Duration(status.UptimeSeconds)}, {(status.Ready ? "ready" : "draining")}; "
            + $"{TextTable.Printable(status.ConfigFile ?? "no file")}, generation {status.Generation}");
        output.WriteLine(
            $"{string.Join(", ", status.Listeners)}: {Count(status.Connections, "connection")}, {Count(status.InFlight, "request")} in flight, "
            + $"{status.Requests} since the start, {status.Errors} of them errors");
        if (status.Load is { Cause: { } cause } load)
        {
            string what = "new connections from where most come" + (load.Level == "low-priority" ? ", and requests of low priority," : "");
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"Overloaded since {load.Since:HH:mm:ss} UTC (limits.overload.{cause}): {what} get 503"));
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"memory {load.MemoryPercent}%, lag {load.LagMs} ms, queue {load.QueueMs} ms; turned away since the start: "
                + $"{Count(load.RefusedConnections, "connection")}, {Count(load.RefusedRequests, "request")}"));
        }

        foreach (string problem in status.CertificateProblems)
        {
            output.WriteLine("Certificate of " + TextTable.Printable(problem));
        }

        output.WriteLine();
        WriteServers(status.Upstreams, output);
    }

    public static void WriteServers(IReadOnlyList<UpstreamStatus> upstreams, TextWriter output)
    {
        TextTable table = new(_columns, StyleOf);
        foreach (UpstreamStatus upstream in upstreams)
        {
            foreach (ServerStatus server in upstream.Servers)
            {
                table.Add(Cells(upstream, server));
            }
        }

        table.Write(output);
        foreach (UpstreamStatus upstream in upstreams.Where(upstream => upstream.Panicking || upstream.Queued > 0
            || upstream.Servers.Count == 0))
        {
            output.WriteLine(TextTable.Printable(Remark(upstream)));
        }
    }

    /// <summary>"3 requests in flight, 12 answers to clients bound by a cookie".</summary>
    public static string Remaining(ServerStatus server)
    {
        string sticky = server.StickyRequests > 0
            ? $", {Count(server.StickyRequests, "answer")} to clients bound by a cookie, the last {Ago(server.LastStickyAt)}"
            : "";
        return $"{Count(server.InFlight, "request")} in flight{sticky}";
    }

    private static IEnumerable<string> Cells(UpstreamStatus upstream, ServerStatus server) =>
    [
        $"{upstream.Name}/{server.Name}",
        server.State,
        server.Health,
        server.EffectiveWeight == server.Weight ? Number(server.Weight) : $"{server.EffectiveWeight.ToString("0.##", CultureInfo.InvariantCulture)} of {server.Weight}",
        Number(server.InFlight),
        Number(server.IdleConnections),
        Number(server.Requests),
        Number(server.Failures),
        server.LatencyMs is { } latency ? latency.ToString("0.0", CultureInfo.InvariantCulture) + " ms" : "-",
        Number(server.Ejections),
        string.Join("; ", Remarks(server)),
    ];

    private static IEnumerable<string> Remarks(ServerStatus server)
    {
        if (server.Backup)
        {
            yield return "backup";
        }

        if (server.EjectedSeconds is { } seconds)
        {
            yield return $"set aside for {Duration(seconds)} more";
        }

        if (server.State != "ready" && server.StickyRequests > 0)
        {
            yield return $"a bound client's last request {Ago(server.LastStickyAt)}";
        }

        if (server.Health != "healthy" && server.History.Count > 0)
        {
            yield return server.History[^1].Reason;
        }
    }

    private static string Remark(UpstreamStatus upstream) =>
        upstream.Servers.Count == 0 ? $"{upstream.Name} has no servers."
        : upstream.Panicking ? $"{upstream.Name} panics: {upstream.Usable} of {upstream.Servers.Count} servers are usable, so health is not looked at: all that are ready are used."
        : $"{upstream.Name}: {upstream.Queued} requests wait for a place at a server.";

    private static Style StyleOf(string cell) => cell switch
    {
        "drain" or "unknown" => new Style(Color.Yellow),
        "down" or "failing" or "ejected" or "unresolved" => new Style(Color.Red),
        "healthy" => new Style(Color.Green),
        _ => Style.Plain,
    };

    private static string Count(long number, string noun) => number == 1 ? $"1 {noun}" : $"{Number(number)} {noun}s";

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Ago(DateTimeOffset? at) =>
        at is { } some ? Duration(Math.Max((TimeProvider.System.GetUtcNow() - some).TotalSeconds, 0)) + " ago" : "never";

    private static string Duration(double seconds) => TimeSpan.FromSeconds(seconds) switch
    {
        { TotalDays: >= 1 } time => $"{(int)time.TotalDays} d {time.Hours} h",
        { TotalHours: >= 1 } time => $"{(int)time.TotalHours} h {time.Minutes} min",
        { TotalMinutes: >= 1 } time => $"{(int)time.TotalMinutes} min {time.Seconds} s",
        var time => $"{(int)time.TotalSeconds} s",
    };
}
