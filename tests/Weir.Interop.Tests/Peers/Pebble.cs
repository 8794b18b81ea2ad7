using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Weir.Interop.Tests.Peers;

/// <summary>Debian's pebble, an ACME server for tests, with a DNS server that leads every name to loopback; on free ports.</summary>
internal sealed class Pebble : IAsyncDisposable
{
    private readonly TestAuthority _authority = new();
    private readonly string _folder = Programs.NewFolder();
    private readonly int _port = FreePort.Lease();
    private readonly int _management = FreePort.Lease();
    private readonly int _dns = FreePort.Lease();
    private readonly List<Process> _processes = [];

    /// <summary>Where it asks for proofs by HTTP.</summary>
    public int HttpPort { get; } = FreePort.Lease();

    /// <summary>Where it asks for proofs by TLS.</summary>
    public int TlsPort { get; } = FreePort.Lease();

    /// <summary>Where TXT records are set: POST /set-txt, /clear-txt.</summary>
    public int DnsControl { get; } = FreePort.Lease();

    /// <summary>The issuer as `acme.issuers` takes it, in a flow map without its braces.</summary>
    public string Issuer => $"directory: \"https://localhost:{_port}/dir\", ca: {_authority.Authority}";

    /// <summary>What clients trust that believe it.</summary>
    public X509Certificate2 Root { get; private set; } = null!;

    /// <summary>Starts it. Every second nonce is refused, so that each test proves that this is borne.</summary>
    /// <param name="keys">External accounts as JSON members ("kid": "key"); null: it wants none.</param>
    public static async Task<Pebble> StartAsync(string? keys = null)
    {
        Pebble pebble = new();
        _ = pebble._authority.Issue("pebble", "localhost");
        string folder = pebble._authority.Folder;
        string config = Path.Combine(pebble._folder, "pebble.json");
        await File.WriteAllTextAsync(config, $$"""
            {"pebble": {
              "listenAddress": "127.0.0.1:{{pebble._port}}", "managementListenAddress": "127.0.0.1:{{pebble._management}}",
              "certificate": "{{folder}}/pebble.pem", "privateKey": "{{folder}}/pebble.key",
              "httpPort": {{pebble.HttpPort}}, "tlsPort": {{pebble.TlsPort}}, "ocspResponderURL": "",
              "externalAccountBindingRequired": {{(keys is null ? "false" : "true")}}, "externalAccountMACKeys": { {{keys}} }
            } }
            """);
        pebble.Run("/usr/bin/pebble-challtestsrv", "-dns01", $"127.0.0.1:{pebble._dns}", "-defaultIPv4", "127.0.0.1", "-defaultIPv6", "",
            "-http01", "", "-https01", "", "-tlsalpn01", "", "-management", $"127.0.0.1:{pebble.DnsControl}");
        pebble.Run("/usr/bin/pebble", "-config", config, "-dnsserver", $"127.0.0.1:{pebble._dns}");
        await AnswersAsync(pebble.DnsControl);
        await AnswersAsync(pebble._management);
        await AnswersAsync(pebble._port);
        using HttpClient http = new(
            new SocketsHttpHandler { SslOptions = { CertificateChainPolicy = Trusting(pebble._authority.Authority) } });
        pebble.Root = X509Certificate2.CreateFromPem(await http.GetStringAsync($"https://localhost:{pebble._management}/roots/0"));
        return pebble;
    }

    /// <summary>Believes one root, and nothing else.</summary>
    public static X509ChainPolicy Trusting(X509Certificate2 root)
    {
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(root);
        return policy;
    }

    public ValueTask DisposeAsync()
    {
        foreach (Process process in _processes)
        {
            Programs.End(process);
            process.Dispose();
        }

        Root?.Dispose();
        _authority.Dispose();
        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }

    private static X509ChainPolicy Trusting(string file) => Trusting(X509CertificateLoader.LoadCertificateFromFile(file));

    private void Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["PEBBLE_VA_NOSLEEP"] = "1";
        start.Environment["PEBBLE_WFE_NONCEREJECT"] = "20";
        Process process = Process.Start(start)!;
        _processes.Add(process);

        // What nobody reads would fill the pipe, and stop it.
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    private static async Task AnswersAsync(int port)
    {
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(20));
        for (int i = 0; i < 1000; i++)
        {
            try
            {
                using Wire wire = await Wire.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port));
                return;
            }
            catch (SocketException)
            {
                await timer.WaitForNextTickAsync();
            }
        }

        throw new InvalidOperationException($"pebble does not answer at {port}");
    }
}
