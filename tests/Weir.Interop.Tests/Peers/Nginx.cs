using System.Diagnostics;

namespace Weir.Interop.Tests.Peers;

/// <summary>An nginx that serves a folder of the test's, on a free loopback port.</summary>
internal sealed class Nginx : IAsyncDisposable
{
    private Process _process;

    private Nginx(Process process, string folder, int port)
    {
        _process = process;
        Folder = folder;
        Port = port;
    }

    /// <summary>What it serves.</summary>
    public string Folder { get; }

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}";

    /// <summary>With <paramref name="tls"/>, directives such as ssl_certificate, it speaks TLS, and then perhaps HTTP/2.</summary>
    public static async Task<Nginx> StartAsync(string tls = "", bool speaksHttp2 = false)
    {
        string root = Programs.NewFolder();
        string files = Directory.CreateDirectory(Path.Combine(root, "files")).FullName;
        int port = FreePort.Lease();
        await File.WriteAllTextAsync(ConfigFile(root), Config(root, files, port, tls, speaksHttp2));
        Process process = Start(root);
        if (await Programs.AnswersAsync(process, port))
        {
            return new Nginx(process, files, port);
        }

        Programs.End(process);
        throw new InvalidOperationException("nginx did not start: " + await File.ReadAllTextAsync(Path.Combine(root, "error.log")));
    }

    /// <summary>Ends it as kill -9 does.</summary>
    public void Kill() => Programs.End(_process);

    /// <summary>Starts it anew, where it was, after it was ended.</summary>
    public async Task StartAgainAsync()
    {
        _process.Dispose();
        string root = Path.GetDirectoryName(Folder)!;
        _process = Start(root);
        (await Programs.AnswersAsync(_process, Port)).ShouldBeTrue("nginx did not start again.");
    }

    public ValueTask DisposeAsync()
    {
        Programs.End(_process);
        _process.Dispose();
        Directory.Delete(Path.GetDirectoryName(Folder)!, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static string ConfigFile(string root) => Path.Combine(root, "nginx.conf");

    private static Process Start(string root) =>
        Programs.Start("/usr/sbin/nginx", "-p", root, "-c", ConfigFile(root), "-e", Path.Combine(root, "error.log"));

    private static string Config(string root, string files, int port, string tls, bool speaksHttp2) => $$"""
        daemon off;
        master_process off;
        pid {{root}}/nginx.pid;
        error_log {{root}}/error.log;
        events { worker_connections 512; }
        http {
          access_log off;
          client_body_temp_path {{root}}/body; proxy_temp_path {{root}}/proxy; fastcgi_temp_path {{root}}/fcgi;
          uwsgi_temp_path {{root}}/uwsgi; scgi_temp_path {{root}}/scgi;
          keepalive_requests 1000000;
          types { text/html html; text/plain txt; application/javascript js; image/svg+xml svg; application/octet-stream bin; }
          gzip_proxied any; gzip_min_length 100; gzip_types text/plain;
          server {
            listen 127.0.0.1:{{port}} backlog=512{{(tls.Length > 0 ? " ssl" : "")}}{{(speaksHttp2 ? " http2" : "")}};
            {{tls}}
            root {{files}};
            location /gzip/ { alias {{files}}/; gzip on; }
            location /ssi/ { alias {{files}}/; ssi on; ssi_types text/plain; }
          }
        }
        """;
}
