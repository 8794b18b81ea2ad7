using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Weir.Interop.Tests.Peers;

namespace Weir.Interop.Tests.Https;

/// <summary>A client that believes one root, and comes with a new connection each time.</summary>
internal static class Visitor
{
    /// <summary>
    /// Asks for / over TLS and HTTP/1.1. The certificate's fingerprint and the body; an exception when anything is amiss.
    /// </summary>
    public static async Task<(string Fingerprint, string Body)> AskAsync(int port, string name, X509Certificate2 root)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, port);
        await using SslStream secure = new(client.GetStream());
        using CancellationTokenSource deadline = new(TimeSpan.FromSeconds(60));
        await secure.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = name, CertificateChainPolicy = Pebble.Trusting(root), AllowTlsResume = false }, deadline.Token);
        string fingerprint = secure.RemoteCertificate!.GetCertHashString(HashAlgorithmName.SHA256);
        await secure.WriteAsync(
            System.Text.Encoding.ASCII.GetBytes($"GET / HTTP/1.1\r\nHost: {name}\r\nConnection: close\r\n\r\n"), deadline.Token);
        using StreamReader reader = new(secure);
        string answer = await reader.ReadToEndAsync(deadline.Token);
        answer.ShouldStartWith("HTTP/1.1 200 ");
        return (fingerprint, answer[(answer.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
    }
}
