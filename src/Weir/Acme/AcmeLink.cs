using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;

namespace Weir.Acme;

/// <summary>
/// The connection to one issuer: signed requests with nonces (RFC 8555 section 6), bounded in time and size, refusals as exceptions.
/// </summary>
internal sealed class AcmeLink : IDisposable
{
    private const int MostOctets = 1 << 20;
    private const int MostNonces = 16;

    // RFC 8555 section 6.5: a refused nonce brings a new one; an issuer that refuses many in a row has another fault.
    private const int MostBadNonces = 10;

    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _longestRetryAfter = TimeSpan.FromDays(7);

    private readonly HttpClient _http;
    private readonly Uri _directoryUrl;
    private readonly TimeProvider _clock;
    private readonly ConcurrentQueue<string> _nonces = new();
    private AcmeDirectory? _directory;

    /// <param name="directory">The directory's URL.</param>
    /// <param name="authorities">The authorities that the issuer's server is verified by, in PEM; null: the system's.</param>
    /// <param name="clock">The time.</param>
    public AcmeLink(Uri directory, string? authorities, TimeProvider clock)
    {
        _directoryUrl = directory;
        _clock = clock;
        SocketsHttpHandler handler = new() { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(10) };
        if (authorities is not null)
        {
            X509Certificate2Collection roots = [];
            roots.ImportFromPem(authorities);
            X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
            policy.CustomTrustStore.AddRange(roots);
            handler.SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy };
        }

        _http = new HttpClient(handler) { Timeout = _patience, MaxResponseContentBufferSize = MostOctets };
        _http.DefaultRequestHeaders.UserAgent.Add(
            new ProductInfoHeaderValue("Weir", typeof(AcmeLink).Assembly.GetName().Version?.ToString(3) ?? "0"));
    }

    /// <summary>The directory, asked for once.</summary>
    public async Task<AcmeDirectory> GetDirectoryAsync(CancellationToken cancelled)
    {
        if (_directory is { } known)
        {
            return known;
        }

        AcmeAnswer answer = await GetAsync(_directoryUrl.ToString(), cancelled);
        AcmeDirectory directory = answer.Read(AcmeJson.Default.AcmeDirectory);
        if (directory is not { NewNonce: not null, NewAccount: not null, NewOrder: not null })
        {
            throw new AcmeException($"{_directoryUrl} is no ACME directory");
        }

        _directory = directory;
        return directory;
    }

    /// <summary>Gets something that needs no account.</summary>
    public async Task<AcmeAnswer> GetAsync(string url, CancellationToken cancelled)
    {
        using HttpRequestMessage request = new(HttpMethod.Get, url);
        return await SendAsync(request, cancelled);
    }

    /// <summary>Sends a signed message, again with another nonce where one is refused.</summary>
    /// <param name="key">The account's key.</param>
    /// <param name="account">The account's URL; null: it has none yet.</param>
    /// <param name="url">Where to.</param>
    /// <param name="payload">JSON; empty for POST-as-GET.</param>
    /// <param name="cancelled">Ends it.</param>
    public async Task<AcmeAnswer> PostAsync(AccountKey key, string? account, string url, string payload, CancellationToken cancelled)
    {
        for (int tries = 0; ; tries++)
        {
            string nonce = await TakeNonceAsync(cancelled);
            using HttpRequestMessage request = new(HttpMethod.Post, url);
            request.Content = new ByteArrayContent(Jws.Sign(key, account, nonce, url, payload));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/jose+json");
            try
            {
                return await SendAsync(request, cancelled);
            }
            catch (AcmeException refusal) when (refusal.Type == "badNonce" && tries < MostBadNonces)
            {
                // The refusal brought a new one.
            }
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<string> TakeNonceAsync(CancellationToken cancelled)
    {
        if (_nonces.TryDequeue(out string? kept))
        {
            return kept;
        }

        AcmeDirectory directory = await GetDirectoryAsync(cancelled);
        using HttpRequestMessage request = new(HttpMethod.Head, directory.NewNonce);
        await SendAsync(request, cancelled);
        return _nonces.TryDequeue(out string? nonce) ? nonce : throw new AcmeException("the issuer gave no nonce");
    }

    private async Task<AcmeAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancelled)
    {
        try
        {
            using HttpResponseMessage response = await _http.SendAsync(request, cancelled);
            if (response.Headers.TryGetValues("Replay-Nonce", out IEnumerable<string>? nonces) && _nonces.Count < MostNonces)
            {
                _nonces.Enqueue(nonces.First());
            }

            byte[] body = await response.Content.ReadAsByteArrayAsync(cancelled);
            TimeSpan? wait = RetryAfter(response);
            return response.IsSuccessStatusCode
                ? new AcmeAnswer(response.StatusCode, body, response.Headers.Location?.ToString(), wait)
                : throw Refusal(response.StatusCode, body, wait);
        }
        catch (HttpRequestException exception)
        {
            throw new AcmeException(
                $"{_directoryUrl.Host} cannot be reached: {exception.InnerException?.Message ?? exception.Message}", exception);
        }
        catch (OperationCanceledException exception) when (!cancelled.IsCancellationRequested)
        {
            throw new AcmeException($"{_directoryUrl.Host} did not answer within {_patience.TotalSeconds} s", exception);
        }
        catch (Exception exception) when (exception is IOException or NotSupportedException or UriFormatException)
        {
            throw new AcmeException($"{_directoryUrl.Host} cannot be asked: {exception.Message}", exception);
        }
    }

    // RFC 9110 section 10.2.3: seconds, or a date.
    private TimeSpan? RetryAfter(HttpResponseMessage response)
    {
        RetryConditionHeaderValue? value = response.Headers.RetryAfter;
        TimeSpan? wait = value?.Delta ?? (value?.Date is { } date ? date - _clock.GetUtcNow() : null);
        return wait is { } some ? TimeSpan.FromTicks(Math.Clamp(some.Ticks, 0, _longestRetryAfter.Ticks)) : null;
    }

    private static AcmeException Refusal(HttpStatusCode status, byte[] body, TimeSpan? wait)
    {
        const string Prefix = "urn:ietf:params:acme:error:";
        AcmeProblem? problem = null;
        try
        {
            problem = JsonSerializer.Deserialize(body, AcmeJson.Default.AcmeProblem);
        }
        catch (JsonException)
        {
            // Then the status has to say it.
        }

        string type = problem?.Type is { } full && full.StartsWith(Prefix, StringComparison.Ordinal) ? full[Prefix.Length..] : "";
        if (type.Length == 0 && status is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
        {
            type = wait is null ? "" : "rateLimited";
        }

        return new AcmeException(Describe(problem) ?? $"the issuer answered {(int)status}") { Type = type, RetryAfter = wait };
    }

    /// <summary>A problem for a person, in one line.</summary>
    public static string? Describe(AcmeProblem? problem)
    {
        if (problem is not { Detail: not null } and not { Type: not null })
        {
            return null;
        }

        string type = problem.Type is { } name ? name[(name.LastIndexOf(':') + 1)..] : "";
        string more = string.Concat((problem.Subproblems ?? []).Take(3).Select(sub => "; " + sub.Detail));
        return $"{problem.Detail ?? type}{(problem.Detail is null || type.Length == 0 ? "" : $" ({type})")}{more}";
    }
}
