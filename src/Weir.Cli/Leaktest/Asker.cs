using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Weir.Cli.Leaktest;

/// <summary>Sends a request as it is and reads what comes back, within a time and a size.</summary>
internal sealed class Asker
{
    private const int MostOctets = 1 << 20;

    private readonly Uri _url;
    private readonly TimeSpan _patience;

    public Asker(Uri url, TimeSpan patience)
    {
        _url = url;
        _patience = patience;
    }

    /// <summary>The certificate of the last connection; null over http.</summary>
    public X509Certificate2? Certificate { get; private set; }

    /// <summary>Null when nothing came back: a connection that is closed tells nothing.</summary>
    /// <exception cref="SocketException">Nobody listens there.</exception>
    /// <exception cref="AuthenticationException">There is no TLS there.</exception>
    public async Task<Answer?> AskAsync(Probe probe)
    {
        using CancellationTokenSource deadline = new(_patience);
        using TcpClient client = new();
        try
        {
            await client.ConnectAsync(_url.DnsSafeHost, _url.Port, deadline.Token);
            await using Stream stream = await OpenAsync(client, deadline.Token);
            byte[] octets = await ExchangeAsync(stream, probe, deadline.Token);
            return octets.Length == 0 ? null : Answer.Read(octets);
        }
        catch (OperationCanceledException)
        {
            return null;
        }
    }

    private static async Task<byte[]> ExchangeAsync(Stream stream, Probe probe, CancellationToken deadline)
    {
        byte[] room = new byte[MostOctets];
        int count = 0;
        try
        {
            await stream.WriteAsync(probe.Octets, deadline);
            for (int read = 1; read > 0 && count < room.Length; count += read)
            {
                read = await stream.ReadAsync(room.AsMemory(count), deadline);
            }
        }
        catch (Exception failure) when (failure is IOException or OperationCanceledException)
        {
            // What came before the reset, or before the time was up, is looked at all the same.
        }

        return room[..count];
    }

    // A leak is one behind any certificate: what the certificate says is looked at by itself.
    private async Task<Stream> OpenAsync(TcpClient client, CancellationToken deadline)
    {
        if (_url.Scheme != Uri.UriSchemeHttps)
        {
            return client.GetStream();
        }

        SslStream stream = new(client.GetStream());
        await stream.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions { TargetHost = _url.DnsSafeHost, RemoteCertificateValidationCallback = (_, _, _, _) => true }, deadline);
        Certificate ??= stream.RemoteCertificate is { } certificate ? new X509Certificate2(certificate) : null;
        return stream;
    }
}
