using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Secure;

/// <summary>Origins that speak TLS: which are believed, what a client is told of those that are not, and where a stream may end.</summary>
public sealed class OriginTlsTests : IDisposable
{
    private readonly TestAuthority _certificates = new();
    private readonly TestAuthority _foreign = new();

    public void Dispose()
    {
        _certificates.Dispose();
        _foreign.Dispose();
    }

    [Theory]
    [InlineData("right", "", "200", "")]
    [InlineData("wrong authority", "", "502", "tls_certificate_error")]
    [InlineData("wrong name", "", "502", "tls_certificate_error")]
    [InlineData("expired", "", "502", "tls_certificate_error")]
    [InlineData("expired", ", insecure: true", "200", "")]
    public async Task An_nginx_is_believed_by_its_certificate(string what, string more, string status, string error)
    {
        _certificates.Issue(
            "origin", new IssueWishes { IsExpired = what == "expired" }, what == "wrong name" ? "other.test" : "origin.test");
        await using Nginx nginx = await StartNginxAsync("");
        await File.WriteAllTextAsync(Path.Combine(nginx.Folder, "f.txt"), "from nginx\n");
        string ca = (what == "wrong authority" ? _foreign : _certificates).Authority;
        await using RunningWeir weir = await StartAsync(nginx.Port, $"ca: {ca}{more}");
        string answer = await weir.AskAsync("GET /f.txt HTTP/1.1\r\nHost: a\r\n\r\n");
        answer.ShouldStartWith($"HTTP/1.1 {status} ");
        answer.ShouldContain(error.Length > 0 ? error : "from nginx");
    }

    [Fact]
    public async Task An_nginx_that_asks_for_a_certificate_gets_the_one_that_is_configured()
    {
        _certificates.Issue("origin", "origin.test");
        string mine = _certificates.Issue("mine");
        await using Nginx nginx = await StartNginxAsync($"ssl_client_certificate {_certificates.Authority}; ssl_verify_client on;");
        await File.WriteAllTextAsync(Path.Combine(nginx.Folder, "f.txt"), "from nginx\n");
        await using RunningWeir with = await StartAsync(nginx.Port, $"ca: {_certificates.Authority}, {mine}");
        (await with.AskAsync("GET /f.txt HTTP/1.1\r\nHost: a\r\n\r\n")).ShouldContain("from nginx");
        await using RunningWeir without = await StartAsync(nginx.Port, $"ca: {_certificates.Authority}");
        (await without.AskAsync("GET /f.txt HTTP/1.1\r\nHost: a\r\n\r\n")).ShouldContain("No required SSL certificate was sent");
    }

    [Fact]
    public async Task An_origin_without_tls_is_told_apart()
    {
        await using Nginx nginx = await Nginx.StartAsync();
        await using RunningWeir weir = await StartAsync(nginx.Port, $"ca: {_certificates.Authority}");
        string answer = await weir.AskAsync("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
        answer.ShouldStartWith("HTTP/1.1 502 ");
        answer.ShouldContain("tls_protocol_error");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_body_that_ends_with_the_connection_is_whole_only_with_a_close_notify(bool saysGoodbye)
    {
        _certificates.Issue("origin", "origin.test");
        using X509Certificate2 certificate = X509Certificate2.CreateFromPemFile(
            Path.Combine(_certificates.Folder, "origin.pem"), Path.Combine(_certificates.Folder, "origin.key"));
        using Socket listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Task serving = ServeOnceAsync(listener, certificate, saysGoodbye);
        await using RunningWeir weir = await StartAsync(((IPEndPoint)listener.LocalEndPoint!).Port, $"ca: {_certificates.Authority}");
        (int code, string output, string error) = await Programs.RunAsync("curl", "-sS", "--max-time", "30", weir.Url + "/");
        await serving;
        output.ShouldBe("half of it");
        (code == 0).ShouldBe(saysGoodbye, $"curl ended with {code}: {error}");
    }

    private static async Task ServeOnceAsync(Socket listener, X509Certificate2 certificate, bool saysGoodbye)
    {
        using Socket socket = await listener.AcceptAsync().WaitAsync(TimeSpan.FromSeconds(30));
        await using NetworkStream network = new(socket);
        await using SslStream tls = new(network);
        await tls.AuthenticateAsServerAsync(certificate);
        byte[] request = new byte[4096];
        (await tls.ReadAsync(request)).ShouldBeGreaterThan(0);
        await tls.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf of it"));
        if (saysGoodbye)
        {
            await tls.ShutdownAsync();
        }

        socket.Shutdown(SocketShutdown.Send);
    }

    private static Task<RunningWeir> StartAsync(int port, string tls) => RunningWeir.StartAsync($$"""
        upstreams:
          app: { servers: [{ url: "https://127.0.0.1:{{port}}", tls: { {{tls}}, server_name: origin.test } }] }
        sites: { "*": { to: app } }
        """);

    private Task<Nginx> StartNginxAsync(string more) => Nginx.StartAsync(
        $"ssl_certificate {_certificates.Folder}/origin.pem; ssl_certificate_key {_certificates.Folder}/origin.key; {more}");
}
