using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Weir.Abstractions.Options;
using Weir.Admin.Access;
using Weir.Admin.Api;
using Weir.Config;
using Weir.Config.Model;
using Weir.Control;
using Weir.Telemetry.Events;

namespace Weir.Admin.Serving;

/// <summary>The admin interface of a running Weir: Kestrel on the unix socket and on the TCP address of the configuration.</summary>
public sealed class AdminServer : IAsyncDisposable
{
    private const long MaxRequestOctets = 64 * 1024;
    private const int MaxConnections = 256;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);

    private readonly WebApplication _app;

    private AdminServer(WebApplication app, string? socketPath, string? url)
    {
        _app = app;
        SocketPath = socketPath;
        Url = url;
    }

    /// <summary>The unix socket; null when there is none.</summary>
    public string? SocketPath { get; }

    /// <summary>"http://127.0.0.1:9900"; null when it does not listen on TCP.</summary>
    public string? Url { get; }

    /// <summary>
    /// Starts it, after the proxy's own listeners. Null when it is off, when both defaults are in use, or after errors, which are in the list.
    /// </summary>
    public static async Task<AdminServer?> StartAsync(IWeirControl control, WeirLog log, List<ConfigError> errors)
    {
        WeirConfig config = control.Config;
        if (config.Admin.IsOff)
        {
            return null;
        }

        AdminToken? token = TokenOf(config.Admin, errors);
        AdminSockets sockets = AdminSockets.Open(config, log, errors);
        if (sockets.All.Count == 0 || errors.Exists(error => !error.IsWarning))
        {
            sockets.Close();
            return null;
        }

        AdminGuard guard = new(config.Admin.Names, token);
        WebApplication app = Build(sockets);
        app.Use(next => http => AnswerAsync(http, guard, next, log));
        new AdminApi(control).Map(app);
        try
        {
            await app.StartAsync();
        }
        catch (Exception exception) when (exception is IOException or SocketException)
        {
            log.Write(OperatorEvents.AdminThrew, "its own start", exception.ToString());
            sockets.Close();
            await app.DisposeAsync();
            return null;
        }

        string? url = sockets.All.FirstOrDefault(socket => socket.AddressFamily != AddressFamily.Unix)?.LocalEndPoint is { } bound ? $"http://{bound}" : null;
        log.Write(OperatorEvents.AdminStarted, string.Join(" and ", new[] { sockets.SocketPath, url }.Where(place => place is not null)));
        return new AdminServer(app, sockets.SocketPath, url);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource end = new(_patience);
        await _app.StopAsync(end.Token);
        await _app.DisposeAsync();
    }

    private static AdminToken? TokenOf(AdminConfig config, List<ConfigError> errors)
    {
        if (config.TokenFile is not { } written)
        {
            return null;
        }

        string file = ModulePlaces.ResolvePath(config.Position, written);
        if (AdminToken.Read(file, out string problem) is null)
        {
            errors.Add(new ConfigError(
                config.Position.File, config.Position.Line, config.Position.Column, $"admin.token_file: {file} cannot be used: {problem}.",
                $"Make one: (umask 077; head -c 24 /dev/urandom | base64 > {file})"));
        }

        return new AdminToken(file);
    }

    // As little as an application can be: no configuration, no logging, no console.
    private static WebApplication Build(AdminSockets sockets)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions
        {
            ApplicationName = "weir",
            ContentRootPath = AppContext.BaseDirectory,
        });
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelCore();
        builder.WebHost.UseSockets(options =>
        {
            options.IOQueueCount = 1;
            options.CreateBoundListenSocket = endPoint => sockets.All.First(socket => socket.LocalEndPoint!.Equals(endPoint));
        });
        builder.WebHost.ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = MaxRequestOctets;
            options.Limits.MaxConcurrentConnections = MaxConnections;
            foreach (Socket socket in sockets.All)
            {
                options.Listen(socket.LocalEndPoint!, listen => listen.Protocols = HttpProtocols.Http1);
            }
        });
        return builder.Build();
    }

    private static async Task AnswerAsync(HttpContext http, AdminGuard guard, RequestDelegate next, WeirLog log)
    {
        try
        {
            if (guard.Check(Caller.Read(http)) is { } refusal)
            {
                await ApiAnswer.WriteErrorAsync(http, refusal.Status, refusal.Cause, refusal.Remedy);
                return;
            }

            http.Response.Headers.CacheControl = "no-store";
            http.Response.Headers.XContentTypeOptions = "nosniff";
            await next(http);
            if (!http.Response.HasStarted && http.Response.StatusCode is 404 or 405)
            {
                await ApiAnswer.WriteErrorAsync(
                    http, http.Response.StatusCode, $"There is no {http.Request.Method} {http.Request.Path}.", "See docs/guide/admin.md.");
            }
        }
        catch (Exception exception) when (exception is not OperationCanceledException and not Microsoft.AspNetCore.Http.BadHttpRequestException and not IOException)
        {
            // The edge of the admin: a defect in an answer must not go unnoticed, and must not reach the client.
            log.Write(OperatorEvents.AdminThrew, http.Request.Path.Value, exception.ToString());
            if (!http.Response.HasStarted)
            {
                await ApiAnswer.WriteErrorAsync(http, 500, "Weir failed to answer.", "Its log says why: look for admin_threw.");
            }
        }
    }
}
