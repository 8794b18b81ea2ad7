using System.Diagnostics;

namespace Weir.Interop.Tests.Peers;

/// <summary>nghttp2's server: HTTP/2 and nothing else, with prior knowledge or over TLS by ALPN. It sends back what is uploaded.</summary>
internal sealed class Nghttpd : IAsyncDisposable
{
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
        int port = FreePort.Lease();
        string[] plain = keyAndCertificate.Length == 0 ? ["--no-tls"] : [];
        Process process = Programs.Start(
            "/usr/sbin/nghttpd", [.. plain, "-a", "127.0.0.1", "-d", folder, "--echo-upload", $"{port}", .. keyAndCertificate]);
        if (await Programs.AnswersAsync(process, port))
        {
            return new Nghttpd(process, folder, port);
        }

        Programs.End(process);

        throw new InvalidOperationException("nghttpd did not start.");
    }

    public ValueTask DisposeAsync()
    {
        Programs.End(_process);
        _process.Dispose();
        Directory.Delete(Folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
