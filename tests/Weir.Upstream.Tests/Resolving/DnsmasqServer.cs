using System.Diagnostics;
using System.Net;
using Weir.Interop.Tests.Peers;

namespace Weir.Upstream.Tests.Resolving;

/// <summary>A real name server on a free loopback port, ended with the test.</summary>
internal sealed class DnsmasqServer : IDisposable
{
    private const string Program = "/usr/sbin/dnsmasq";

    // The shell waits for the end of its input, which comes even when the test process is killed: no server is left behind.
    private const string Guard = "\"$@\" & child=$!; cat > /dev/null; kill $child; wait $child";

    private readonly Process _process;
    private readonly Task _log;

    private DnsmasqServer(Process process, IPEndPoint endPoint)
    {
        _process = process;

        // A full pipe would stop the server.
        _log = process.StandardError.ReadToEndAsync();
        EndPoint = endPoint;
    }

    public static bool IsInstalled => File.Exists(Program);

    public IPEndPoint EndPoint { get; }

    public static DnsmasqServer Start(params string[] records)
    {
        int port = FreePort.Lease();
        Process process = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", Guard, "sh", Program, .. Arguments(port), .. records])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        while (process.StandardError.ReadLine() is { } line && !line.Contains("failed", StringComparison.Ordinal))
        {
            if (line.Contains("started", StringComparison.Ordinal))
            {
                return new DnsmasqServer(process, new IPEndPoint(IPAddress.Loopback, port));
            }
        }

        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
        throw new InvalidOperationException("dnsmasq did not start.");
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _log.Wait();
        _process.Dispose();
    }

    private static string[] Arguments(int port) =>
    [
        "--no-daemon", "--log-facility=-", "--conf-file=/dev/null", "--pid-file=", $"--user={Environment.UserName}", $"--port={port}",
        "--listen-address=127.0.0.1", "--bind-interfaces", "--no-resolv", "--no-hosts", "--local=/test/", "--local-ttl=44",
    ];
}
