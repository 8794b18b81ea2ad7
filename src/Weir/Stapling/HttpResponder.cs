using System.Net.Http.Headers;
using Weir.Net.Tls;

namespace Weir.Stapling;

/// <summary>Asks the responders that a certificate names, by http (RFC 6960 appendix A.1), one after the other.</summary>
internal sealed class HttpResponder : IOcspResponder, IDisposable
{
    private const int MostOctets = 64 * 1024;
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(15);

    // A responder is named by the issuer: where it sends us is not.
    private readonly HttpClient _http = new(
        new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        Timeout = _patience,
        MaxResponseContentBufferSize = MostOctets,
    };

    /// <inheritdoc/>
    public async Task<(byte[]? Response, string Problem)> AskAsync(TlsCertificate certificate, CancellationToken ending)
    {
        if (Ocsp.RequestFor(certificate) is not { } request)
        {
            return (null, "the request cannot be made from its chain");
        }

        string problem = "it names no responder";
        foreach (Uri responder in certificate.Responders)
        {
            (byte[]? response, problem) = await AskAsync(responder, request, ending);
            if (response is not null)
            {
                return (response, "");
            }
        }

        return (null, problem);
    }

    public void Dispose() => _http.Dispose();

    private async Task<(byte[]? Response, string Problem)> AskAsync(Uri responder, byte[] request, CancellationToken ending)
    {
        try
        {
            using ByteArrayContent content = new(request);
            content.Headers.ContentType = new MediaTypeHeaderValue("application/ocsp-request");
            using HttpResponseMessage response = await _http.PostAsync(responder, content, ending);
            return response.IsSuccessStatusCode
                ? (await response.Content.ReadAsByteArrayAsync(ending), "")
                : (null, $"{responder.Authority} answers {(int)response.StatusCode}");
        }
        catch (HttpRequestException exception)
        {
            return (null, $"{responder.Authority}: {exception.Message}");
        }
        catch (OperationCanceledException) when (!ending.IsCancellationRequested)
        {
            return (null, $"{responder.Authority} did not answer within {_patience.TotalSeconds:0} s");
        }
    }
}
