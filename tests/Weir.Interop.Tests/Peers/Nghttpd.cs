using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Weir.Interop.Tests.Peers;

/// <summary>nghttp2's server: HTTP/2 and nothing else, with prior knowledge or over TLS by ALPN. It sends back what is uploaded.</summary>
internal sealed class Nghttpd : IAsyncDisposable
{
    private const int Tries = 5;

    private readonly Process _process;

    private Nghttpd(Process process, string folder, int port)
    {
        _process = process;
        Folder = folder;
        Port = port;
    }

    /// <summary>What it serves.</summary>
    public string Folder { get; }

    public int Port { get; }

    /// <summary>Starts it; with a key and a certificate it speaks TLS.</summary>
    public static async Task<Nghttpd> StartAsync(params string[] keyAndCertificate)
    {
        string folder = Programs.NewFolder();
        for (int i = 0; i < Tries; i++)
        {
            // Between this and its bind somebody else may take the port: then another is tried.
            int port = FreePort();
            string[] plain = keyAndCertificate.Length == 0 ? ["--no-tls"] : [];
            Process process = Programs.Start(
                "/usr/sbin/nghttpd", [.. plain, "-a", "127.0.0.1", "-d", folder, "--echo-upload", $"{port}", .. keyAndCertificate]);
            if (await AcceptsAsync(process, port))
            {
                return new Nghttpd(process, folder, port);
            }

            Programs.End(process);
        }

        throw new InvalidOperationException("nghttpd did not start.");
    }

    public ValueTask DisposeAsync()
    {
        Programs.End(_process);
        _process.Dispose();
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static async Task<bool> AcceptsAsync(Process process, int port)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!process.HasExited && watch.Elapsed < TimeSpan.FromSeconds(20))
        {
            try
            {
                using TcpClient client = new();
                await client.ConnectAsync(IPAddress.Loopback, port);
                return true;
            }
            catch (SocketException)
            {
                await Task.Delay(20);
            }
        }

        return false;
    }

    private static int FreePort()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
