using System.Diagnostics;
using System.Globalization;

namespace Weir.Interop.Tests.Peers;

/// <summary>A gRPC server of Debian's python3-grpcio, and clients of the same.</summary>
internal sealed class GrpcServer : IDisposable
{
    // Debian's own interpreter: it has Debian's packages.
    private const string Python = "/usr/bin/python3";

    private static readonly string _scripts = Path.Combine(AppContext.BaseDirectory, "Grpc");

    private readonly Process _process;

    private GrpcServer(Process process, int port)
    {
        _process = process;
        Port = port;
    }

    public int Port { get; }

    public string Url => $"http://127.0.0.1:{Port}";

    /// <summary>Starts it; with a certificate and a key it speaks TLS.</summary>
    public static async Task<GrpcServer> StartAsync(params string[] certificateAndKey)
    {
        ProcessStartInfo start = new(Python, [Path.Combine(_scripts, "server.py"), .. certificateAndKey]) { RedirectStandardInput = true, RedirectStandardOutput = true };
        Process process = Process.Start(start)!;
        string? line = await process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(60));
        return new GrpcServer(process, int.Parse(line.ShouldNotBeNull(), CultureInfo.InvariantCulture));
    }

    /// <summary>Runs a scenario of the client against a port.</summary>
    public static Task AskAsync(int port, params string[] scenario) => RunAsync($"127.0.0.1:{port}", scenario);

    /// <summary>As the other, over TLS that this authority has signed for calls.test.</summary>
    public static Task AskSecurelyAsync(string authority, int port, params string[] scenario) =>
        RunAsync($"{authority}@127.0.0.1:{port}", scenario);

    /// <summary>The next line that the server says.</summary>
    public async Task<string?> ReadLineAsync() => await _process.StandardOutput.ReadLineAsync().WaitAsync(TimeSpan.FromSeconds(20));

    public void Dispose()
    {
        Programs.End(_process);
        _process.Dispose();
    }

    private static async Task RunAsync(string target, string[] scenario)
    {
        (int code, string output, string error) = await Programs.RunAsync(
            Python, [Path.Combine(_scripts, "client.py"), target, .. scenario]);
        code.ShouldBe(0, error);
        output.ShouldEndWith("done\n");
    }
}
