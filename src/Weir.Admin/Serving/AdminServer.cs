using System.Net.Sockets;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Weir.Admin.Access;
using Weir.Admin.Api;
using Weir.Control;
using Weir.Telemetry.Events;

namespace Weir.Admin.Serving;

/// <summary>The admin interface of a running Weir: Kestrel on the unix socket and on the TCP address of the configuration.</summary>
public sealed class AdminServer : IAsyncDisposable
{
    private const long MaxRequestOctets = 64 * 1024;
    private const int MaxHeadOctets = 16 * 1024;
    private const int MaxFields = 64;

    // Counted apart: whoever fills the port must not lock the operator out of the socket.
    private const int MaxTcpConnections = 192;
    private const int MaxSocketConnections = 64;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan _headTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _idleTimeout = TimeSpan.FromSeconds(30);

    // Octets in a second, after the grace.
    private static readonly MinDataRate _bodyRate = new(1024, TimeSpan.FromSeconds(5));

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
    /// Starts it on what was opened for it. Null when that is nothing, or when it fails: the log says so, and what serves clients goes on.
    /// </summary>
    public static async Task<AdminServer?> StartAsync(OpenedAdmin opened, IWeirControl control, WeirLog log)
    {
        AdminSockets sockets = opened.Sockets;
        if (sockets.All.Count == 0)
        {
            return null;
        }

        AdminGuard guard = new(opened.Config.Names, opened.Token);
        WebApplication app = Build(sockets);
        app.Use(next => http => AnswerAsync(http, guard, next, log));
        new AdminApi(control).Map(app);
        try
        {
            await app.StartAsync();
        }
        catch (Exception exception) when (exception is IOException or SocketException or InvalidOperationException)
        {
            log.Write(OperatorEvents.AdminThrew, "its own start", exception.ToString());
            sockets.Close();
            await app.DisposeAsync();
            return null;
        }

        string? url = sockets.All.FirstOrDefault(socket => socket.AddressFamily != AddressFamily.Unix)?.LocalEndPoint is { } bound
            ? $"http://{bound}"
            : null;
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
            options.Limits.MaxRequestBufferSize = MaxRequestOctets;
            options.Limits.MaxRequestHeadersTotalSize = MaxHeadOctets;
            options.Limits.MaxRequestHeaderCount = MaxFields;
            options.Limits.RequestHeadersTimeout = _headTimeout;
            options.Limits.KeepAliveTimeout = _idleTimeout;
            options.Limits.MinRequestBodyDataRate = _bodyRate;
            options.Limits.MinResponseDataRate = _bodyRate;
            foreach (Socket socket in sockets.All)
            {
                ConnectionBound bound = new(socket.AddressFamily == AddressFamily.Unix ? MaxSocketConnections : MaxTcpConnections);
                options.Listen(socket.LocalEndPoint!, listen =>
                {
                    listen.Protocols = HttpProtocols.Http1;
                    listen.Use(bound.Count);
                });
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
