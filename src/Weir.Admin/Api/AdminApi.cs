using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Weir.Abstractions.Exchanges;
using Weir.Admin.Metrics;
using Weir.Admin.Serving;
using Weir.Config.Shapes;
using Weir.Config.Writing;
using Weir.Control;
using Weir.Hosting;
using Weir.Pipeline.Balancing;

namespace Weir.Admin.Api;

/// <summary>What the admin answers, a line each in <see cref="Map"/>.</summary>
internal sealed class AdminApi
{
    private const int UnprocessableContent = 422;

    // Within what an outer balancer waits for an answer, and far above a slow turn.
    private static readonly TimeSpan _loopPatience = TimeSpan.FromSeconds(1);

    private readonly IWeirControl _control;
    private readonly MetricsPage _metrics;

    public AdminApi(IWeirControl control)
    {
        _control = control;
        _metrics = new MetricsPage(control);
    }

    /// <summary>Maps every path.</summary>
    public void Map(IEndpointRouteBuilder app)
    {
        app.MapMethods("/livez", ["GET", "HEAD"], LiveAsync);
        app.MapMethods("/readyz", ["GET", "HEAD"], ReadyAsync);
        app.MapGet("/metrics", (RequestDelegate)_metrics.WriteAsync);
        app.MapGet("/api/v1/status", (RequestDelegate)StatusAsync);
        app.MapGet("/api/v1/upstreams", (RequestDelegate)UpstreamsAsync);
        app.MapGet("/api/v1/sites", (RequestDelegate)SitesAsync);
        app.MapGet("/api/v1/routes", (RequestDelegate)RoutesAsync);
        app.MapGet("/api/v1/config", (RequestDelegate)ConfigAsync);
        app.MapGet("/api/v1/certificates", (RequestDelegate)CertificatesAsync);
        app.MapPost("/api/v1/certificates/renew", (RequestDelegate)RenewAsync);
        app.MapPost("/api/v1/certificates/revoke", (RequestDelegate)RevokeAsync);
        app.MapPost("/api/v1/certificates/account-keys", (RequestDelegate)ChangeAccountKeysAsync);
        app.MapGet("/api/v1/bans", (RequestDelegate)BansAsync);
        app.MapPost("/api/v1/bans", (RequestDelegate)BanAsync);
        app.MapPost("/api/v1/bans/lift", (RequestDelegate)LiftAsync);
        app.MapPost("/api/v1/servers", (RequestDelegate)SetNamedAsync);
        app.MapPut("/api/v1/upstreams/{upstream}/servers/{server}", (RequestDelegate)SetAsync);
        app.MapGet("/api/v1/caches", (RequestDelegate)CachesAsync);
        app.MapPost("/api/v1/caches/purge", (RequestDelegate)PurgeAsync);
        app.MapPost("/api/v1/reload", (RequestDelegate)ReloadAsync);
    }

    private async Task LiveAsync(HttpContext http)
    {
        string? stuck = await StuckAsync();
        await ProbeAsync(http, stuck is null, stuck ?? "live");
    }

    private async Task ReadyAsync(HttpContext http)
    {
        if (!_control.IsReady)
        {
            await ProbeAsync(http, isGood: false, "draining");
            return;
        }

        string? stuck = await StuckAsync();
        await ProbeAsync(http, stuck is null, stuck ?? "ready");
    }

    private async Task<string?> StuckAsync()
    {
        IReadOnlyList<int> stuck = await _control.FindStuckLoopsAsync(_loopPatience);
        return stuck.Count switch
        {
            0 => null,
            1 => $"loop {stuck[0]} is stuck",
            _ => $"loops {string.Join(", ", stuck)} are stuck",
        };
    }

    private static Task ProbeAsync(HttpContext http, bool isGood, string text) => ApiAnswer.WriteTextAsync(
        http, text + "\n", "text/plain", isGood ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);

    private Task StatusAsync(HttpContext http) => ApiAnswer.WriteAsync(http, _control.Status(), AdminJson.Default.WeirStatus);

    private Task UpstreamsAsync(HttpContext http) =>
        ApiAnswer.WriteAsync(http, new UpstreamList(_control.Upstreams()), AdminJson.Default.UpstreamList);

    private Task SitesAsync(HttpContext http) => ApiAnswer.WriteAsync(http, ConfigLists.Sites(_control.Config), AdminJson.Default.SiteList);

    private Task RoutesAsync(HttpContext http) =>
        ApiAnswer.WriteAsync(http, ConfigLists.Routes(_control.Config), AdminJson.Default.RouteList);

    private Task ConfigAsync(HttpContext http) =>
        ApiAnswer.WriteTextAsync(http, EffectiveConfig.Write(_control.Config), "application/yaml");

    private Task CertificatesAsync(HttpContext http) =>
        ApiAnswer.WriteAsync(http, new CertificateEntries(_control.Certificates()), AdminJson.Default.CertificateEntries);

    private async Task RenewAsync(HttpContext http)
    {
        if (await ReadAsync(http, AdminJson.Default.RenewalWish, "{\"name\": \"example.com\"}") is not { } wish)
        {
            return;
        }

        string name = wish.Name ?? "";
        if (_control.RenewCertificate(name, Caller.Name(http)))
        {
            await ApiAnswer.WriteAsync(http, wish, AdminJson.Default.RenewalWish);
            return;
        }

        await WriteNotKeptAsync(http, name, "renews");
    }

    private async Task RevokeAsync(HttpContext http)
    {
        const string Example = "{\"name\": \"example.com\", \"reason\": \"key_compromise\"}";
        if (await ReadAsync(http, AdminJson.Default.RevocationWish, Example) is not { } wish)
        {
            return;
        }

        string word = wish.Reason ?? RevocationReasons.Name(RevocationReason.Unspecified);
        if (!RevocationReasons.TryParse(word, out RevocationReason reason))
        {
            await ApiAnswer.WriteErrorAsync(
                http, UnprocessableContent, $"\"{word}\" is no reason.", $"Use one of: {string.Join(", ", RevocationReasons.Names)}.");
            return;
        }

        string name = wish.Name ?? "";
        if (!_control.Certificates().Any(one => one.Source != "file" && one.Name.Equals(name, StringComparison.OrdinalIgnoreCase)))
        {
            await WriteNotKeptAsync(http, name, "keeps");
            return;
        }

        if (await _control.RevokeCertificateAsync(name, reason, Caller.Name(http)) is { } problem)
        {
            await ApiAnswer.WriteErrorAsync(
                http, StatusCodes.Status409Conflict, $"The certificate of {name} was not revoked: {problem}.",
                "`weir certs renew` gets another one without revoking this one.");
            return;
        }

        await ApiAnswer.WriteAsync(http, wish, AdminJson.Default.RevocationWish);
    }

    private async Task ChangeAccountKeysAsync(HttpContext http) =>
        await ApiAnswer.WriteAsync(
            http, new AccountKeysAnswer(await _control.ChangeAccountKeysAsync()), AdminJson.Default.AccountKeysAnswer);

    private Task WriteNotKeptAsync(HttpContext http, string name, string verb)
    {
        string[] kept = [.. _control.Certificates().Where(one => one.Source != "file").Select(one => one.Name)];
        bool isOfFile = _control.Certificates().Any(
            one => one.Source == "file" && one.Names.Contains(name, StringComparer.OrdinalIgnoreCase));
        return ApiAnswer.WriteErrorAsync(
            http, StatusCodes.Status404NotFound, $"Weir {verb} no certificate for \"{name}\".",
            isOfFile ? "It comes from a file: whoever writes that file renews it." : "GET /api/v1/certificates lists them.", kept);
    }

    private Task BansAsync(HttpContext http) => ApiAnswer.WriteAsync(http, new BanEntries(_control.Bans()), AdminJson.Default.BanEntries);

    private async Task BanAsync(HttpContext http)
    {
        const string Example = "{\"address\": \"203.0.113.7\", \"for\": \"1h\", \"why\": \"scans\"}";
        if (await ReadAsync(http, AdminJson.Default.BanWish, Example) is not { } wish || await RangeAsync(http, wish) is not { } range)
        {
            return;
        }

        if (!DurationText.TryParse(wish.For ?? "", out TimeSpan time))
        {
            await ApiAnswer.WriteErrorAsync(http, UnprocessableContent, $"\"{wish.For}\" is no duration.", "Write one like 30m, 1h or 7d.");
            return;
        }

        await AnswerAsync(http, _control.SetBan(range, time, wish.Why ?? "", Caller.Name(http)), UnprocessableContent);
    }

    private async Task LiftAsync(HttpContext http)
    {
        if (await ReadAsync(http, AdminJson.Default.BanWish, "{\"address\": \"203.0.113.7\"}") is { } wish
            && await RangeAsync(http, wish) is { } range)
        {
            await AnswerAsync(http, _control.LiftBan(range, Caller.Name(http)), StatusCodes.Status404NotFound);
        }
    }

    private static async Task<IpPrefix?> RangeAsync(HttpContext http, BanWish wish)
    {
        if (IpPrefix.TryParse(wish.Address ?? "", out IpPrefix range))
        {
            return range;
        }

        await ApiAnswer.WriteErrorAsync(
            http, UnprocessableContent, $"\"{wish.Address}\" is neither an address nor a range.", "Write 203.0.113.7 or 2001:db8::/32.");
        return null;
    }

    private static Task AnswerAsync(HttpContext http, BanChange change, int failure) => change.Ban is null
        ? ApiAnswer.WriteErrorAsync(http, failure, change.Problem, "`weir ban list` shows who is banned.")
        : ApiAnswer.WriteAsync(http, change, AdminJson.Default.BanChange);

    private async Task SetNamedAsync(HttpContext http)
    {
        if (await ReadAsync(http, AdminJson.Default.ServerWish, "{\"state\": \"drain\"}") is not { } wish)
        {
            return;
        }

        if (wish.Server is null || !ServerNames.TrySplit(wish.Server, _control.LiveUpstreams.Select(known => known.Name), out string upstream, out string server))
        {
            await ApiAnswer.WriteErrorAsync(
                http, UnprocessableContent, "No server is named.", "Send {\"server\": \"UPSTREAM/SERVER\", \"state\": \"drain\"}.");
            return;
        }

        await SetAsync(http, wish, upstream, server);
    }

    private async Task SetAsync(HttpContext http)
    {
        // The target as it was sent: routing leaves %2F alone, and an upstream's name may hold slashes.
        string target = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        if (!ServerTarget.TryParse(target, out string upstream, out string server))
        {
            await ApiAnswer.WriteErrorAsync(
                http, StatusCodes.Status400BadRequest, "The path names no server.", "Write its names percent-encoded.");
            return;
        }

        if (await ReadAsync(http, AdminJson.Default.ServerWish, "{\"state\": \"drain\"}") is { } wish)
        {
            await SetAsync(http, wish, upstream, server);
        }
    }

    private async Task SetAsync(HttpContext http, ServerWish wish, string upstream, string server)
    {
        if (!AdminStates.TryParse(wish.State, out AdminState state))
        {
            await ApiAnswer.WriteErrorAsync(
                http, UnprocessableContent, "There are three states.", "Send \"ready\", \"drain\" or \"down\".");
            return;
        }

        ServerChange change = _control.SetAdminState(upstream, server, state, Caller.Name(http));
        if (!change.IsDone)
        {
            string remedy = change.Nearest.Count > 0 ? $"Did you mean {change.Nearest[0]}?" : "GET /api/v1/upstreams lists them.";
            await ApiAnswer.WriteErrorAsync(http, StatusCodes.Status404NotFound, change.Problem, remedy, change.Nearest);
            return;
        }

        ServerStatus? now = _control.Upstreams().FirstOrDefault(known => known.Name == upstream)?.Servers.FirstOrDefault(
            known => known.Name == server);
        await ApiAnswer.WriteAsync(
            http, new ServerAnswer(upstream, AdminStates.Name(change.Was), change.Problem, now), AdminJson.Default.ServerAnswer);
    }

    private Task CachesAsync(HttpContext http) => ApiAnswer.WriteAsync(http, new CacheList(_control.Caches()), AdminJson.Default.CacheList);

    private async Task PurgeAsync(HttpContext http)
    {
        if (await ReadAsync(http, AdminJson.Default.PurgeOrder, "{\"urls\": [\"https://example.com/\"]}") is not { } order)
        {
            return;
        }

        PurgeReport report = await _control.PurgeAsync(order, Caller.Name(http));
        if (report.Problem is { } problem)
        {
            int status = report.IsMistake ? UnprocessableContent : StatusCodes.Status503ServiceUnavailable;
            await ApiAnswer.WriteErrorAsync(http, status, problem, report.Remedy ?? "");
            return;
        }

        await ApiAnswer.WriteAsync(http, new PurgeAnswer(report.Caches, order.DryRun), AdminJson.Default.PurgeAnswer);
    }

    private async Task ReloadAsync(HttpContext http)
    {
        ReloadReport report = await _control.ReloadAsync(Caller.Name(http));
        await ApiAnswer.WriteAsync(
            http, report, AdminJson.Default.ReloadReport, report.IsApplied ? StatusCodes.Status200OK : UnprocessableContent);
    }

    private static async Task<T?> ReadAsync<T>(HttpContext http, JsonTypeInfo<T> type, string example)
        where T : class
    {
        try
        {
            if (await JsonSerializer.DeserializeAsync(http.Request.Body, type, http.RequestAborted) is { } wish)
            {
                return wish;
            }
        }
        catch (JsonException)
        {
            // Told below, together with a null.
        }

        await ApiAnswer.WriteErrorAsync(http, StatusCodes.Status400BadRequest, "The body is no JSON object.", $"Send {example}.");
        return null;
    }
}
