using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Weir.Abstractions.Modules;
using Weir.Modules.Tokens;

namespace Weir.Modules.AuthOidc;

/// <summary>
/// The provider as Weir knows it: its description and keys, which are fetched away from the loops and kept, and its token endpoint. Any
/// thread.
/// </summary>
internal sealed class Provider : IDisposable
{
    private const int MostAtOnce = 32;
    private const int LongestErrorCode = 40;
    private const int LongestRefreshToken = 8 * 1024;
    private const int MostTokenOctets = 64 * 1024;
    private const long LongestLifeSeconds = 10L * 365 * 86400;

    private static readonly JsonDocumentOptions _strict = new() { AllowDuplicateProperties = false, MaxDepth = 16 };

    private readonly HttpClient _http;
    private readonly AuthOidcOptions _options;
    private readonly WatchedContent<ClientSecret>? _secret;
    private readonly ModuleLog _log;
    private readonly FetchedDocument<ProviderSetup> _setup;
    private readonly ConcurrentDictionary<string, UrlKeys> _keys = new(StringComparer.Ordinal);
    private int _renewing;
    private volatile bool _isFailing;

    /// <param name="options">The options, checked.</param>
    /// <param name="secret">The client's secret; null: it is a public client.</param>
    /// <param name="log">Where operators read.</param>
    /// <param name="handler">Asks; null: by HTTP.</param>
    public Provider(AuthOidcOptions options, WatchedContent<ClientSecret>? secret, ModuleLog log, HttpMessageHandler? handler = null)
    {
        _options = options;
        _secret = secret;
        _log = log;
        _http = IssuerClient.Make(handler);
        string issuer = options.Issuer;
        string address = issuer.TrimEnd('/') + "/.well-known/openid-configuration";
        _setup = new FetchedDocument<ProviderSetup>(
            _http, address, options.Refresh, (octets, mistakes) => ProviderSetup.Parse(octets, issuer, mistakes), log);
    }

    /// <summary>What the provider says of itself; null: that is not known now.</summary>
    public ProviderSetup? Setup(long nowMs) => _setup.Current(nowMs);

    /// <summary>Asks for what it says of itself.</summary>
    public Task RenewSetup(long nowMs) => _setup.Renew(nowMs);

    /// <summary>Its keys.</summary>
    public UrlKeys KeysOf(ProviderSetup setup)
    {
        if (_keys.Count > 1 && !_keys.ContainsKey(setup.Keys))
        {
            // A provider moves its keys once in years.
            _keys.Clear();
        }

        return _keys.GetOrAdd(setup.Keys, static (url, self) => UrlKeys.OfIssuer(self._http, url, self._options.Refresh, self._log), this);
    }

    /// <summary>Asks the token endpoint for who logs in, and has a place. It ends after a bounded time and never fails.</summary>
    /// <param name="setup">Where it is.</param>
    /// <param name="form">The parameters, but for who asks.</param>
    public Task<TokenAnswer> AskAsync(ProviderSetup setup, Dictionary<string, string> form) => Task.Run(() => PostAsync(setup.Token, form));

    /// <summary>Asks it for a session that is good, apart from who logs in; too many at once get nothing.</summary>
    /// <param name="setup">Where it is.</param>
    /// <param name="form">The parameters, but for who asks.</param>
    public Task<TokenAnswer> RenewAsync(ProviderSetup setup, Dictionary<string, string> form) =>
        Task.Run(() => RenewBoundedAsync(setup.Token, form));

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _secret?.Dispose();
    }

    private async Task<TokenAnswer> RenewBoundedAsync(string url, Dictionary<string, string> form)
    {
        try
        {
            return Interlocked.Increment(ref _renewing) > MostAtOnce
                ? new TokenAnswer("too many sessions are renewed at the provider")
                : await PostAsync(url, form);
        }
        finally
        {
            Interlocked.Decrement(ref _renewing);
        }
    }

    private async Task<TokenAnswer> PostAsync(string url, Dictionary<string, string> form)
    {
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Post, url);
            request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
            Identify(request, form);
            request.Content = new FormUrlEncodedContent(form);
            using HttpResponseMessage response = await _http.SendAsync(request);
            byte[] content = await response.Content.ReadAsByteArrayAsync();
            return response.StatusCode == HttpStatusCode.OK ? Read(content) : Refused((int)response.StatusCode, content);
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or IOException or InvalidOperationException)
        {
            return Fail($"{url} gave no answer: {failure.Message}");
        }
    }

    // RFC 6749 section 2.3.1: both are encoded as forms are before they become Basic's.
    private void Identify(HttpRequestMessage request, Dictionary<string, string> form)
    {
        if (_secret?.Current is not { } secret || _options.ClientAuthentication == ClientAuthentication.Post)
        {
            form["client_id"] = _options.ClientId;
            if (_secret is not null)
            {
                form["client_secret"] = _secret.Current.Text;
            }

            return;
        }

        string pair = $"{WebUtility.UrlEncode(_options.ClientId)}:{WebUtility.UrlEncode(secret.Text)}";
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(pair)));
    }

    private TokenAnswer Read(byte[] content)
    {
        using JsonDocument? document = TryParse(content);
        if (document is null)
        {
            return Fail("its token endpoint gave no JSON object, or a member twice.");
        }

        _isFailing = false;
        JsonElement root = document.RootElement;
        string? idToken = Text(root, "id_token");
        string? refresh = Text(root, "refresh_token");
        if (idToken?.Length > MostTokenOctets || refresh?.Length > LongestRefreshToken)
        {
            return Fail("its tokens are larger than any that are read.");
        }

        bool isTimed = root.TryGetProperty("expires_in", out JsonElement life) && life.ValueKind == JsonValueKind.Number;
        return new TokenAnswer("")
        {
            IdToken = idToken is not null && Ascii.IsValid(idToken) ? Encoding.ASCII.GetBytes(idToken) : null,
            AccessToken = Text(root, "access_token"),
            RefreshToken = refresh is { Length: > 0 } ? refresh : null,
            ExpiresInSeconds = isTimed && life.TryGetDouble(out double seconds)
                && seconds is > 0 and < LongestLifeSeconds ? (long)seconds : 0,
        };
    }

    // RFC 6749 section 5.2.
    private TokenAnswer Refused(int status, byte[] content)
    {
        using JsonDocument? document = TryParse(content);
        string code = document is null ? "" : CodeOf(Text(document.RootElement, "error"));
        if (status is < 400 or >= 500 or 429 || code.Length == 0)
        {
            return Fail($"its token endpoint answered {status}{(code.Length == 0 ? "" : $" ({code})")}.");
        }

        if (code is "invalid_client" or "unauthorized_client")
        {
            return Fail($"it refuses this client ({code}): check client_id, client_secret_file and client_authentication against what is registered there.");
        }

        return new TokenAnswer($"the provider refused with {code}", IsRefused: true);
    }

    private TokenAnswer Fail(string reason)
    {
        if (!_isFailing)
        {
            _log.Warn($"{_options.Issuer} completes no logins: {reason} Who is logged in stays so until that must be renewed.");
        }

        _isFailing = true;
        return new TokenAnswer("the provider's token endpoint gave no tokens; the log of the module says why");
    }

    /// <summary>An error's code as it may stand in a log; what is no code is "an error".</summary>
    public static string CodeOf(string? code) =>
        code is null ? ""
        : code.Length is > 0 and <= LongestErrorCode
            && code.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.') ? code
        : "an error";

    private static JsonDocument? TryParse(byte[] octets)
    {
        try
        {
            JsonDocument document = JsonDocument.Parse(octets, _strict);
            if (document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return document;
            }

            document.Dispose();
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string? Text(JsonElement root, string name) =>
        root.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
