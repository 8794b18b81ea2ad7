using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Weir.Acme;
using Weir.Config;
using Weir.Config.Model;
using Weir.Telemetry.Events;

namespace Weir.AutomaticHttps;

/// <summary>An issuer of the configuration: its connection, its account, and which names it wants to be left alone with. Any thread.</summary>
internal sealed class Issuer : IDisposable
{
    private const string ZeroSslAccounts = "https://api.zerossl.com/acme/eab-credentials-email";
    private const int MostResting = 10_000;

    private static readonly TimeSpan _lockPoll = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _lockPatience = TimeSpan.FromMinutes(1);

    private readonly AcmeIssuerConfig _config;
    private readonly string? _email;
    private readonly CertificateStore _store;
    private readonly WeirLog _log;
    private readonly TimeProvider _clock;
    private readonly SemaphoreSlim _opening = new(1, 1);
    private readonly ConcurrentDictionary<string, DateTimeOffset> _restUntil = new(StringComparer.Ordinal);
    private readonly Lock _linking = new();
    private AcmeLink? _link;
    private AcmeClient? _client;

    public Issuer(AcmeIssuerConfig config, string? email, CertificateStore store, WeirLog log, TimeProvider clock)
    {
        _config = config;
        _email = email;
        _store = store;
        _log = log;
        _clock = clock;
    }

    /// <summary>As the configuration names it.</summary>
    public string Name => _config.Url is { } url && url.ToString() == _config.Directory ? url.Authority : _config.Directory;

    /// <summary>The directory's URL.</summary>
    public Uri Url => _config.Url!;

    /// <summary>Whether a configuration would make the same.</summary>
    public bool IsFor(AcmeIssuerConfig config, string? email) => config with { Position = _config.Position } == _config && email == _email;

    /// <summary>Until when a name is not to be asked for; null: it may be.</summary>
    public DateTimeOffset? RestUntil(string name) =>
        _restUntil.TryGetValue(name, out DateTimeOffset until) && until > _clock.GetUtcNow() ? until : null;

    /// <summary>Leaves the issuer alone with a name.</summary>
    public void Rest(string name, TimeSpan time)
    {
        if (_restUntil.Count >= MostResting)
        {
            _restUntil.Clear();
        }

        _restUntil[name] = _clock.GetUtcNow() + time;
    }

    /// <summary>Lets a name be asked for again.</summary>
    public void Wake(string name) => _restUntil.TryRemove(name, out _);

    /// <summary>The connection, without an account.</summary>
    /// <exception cref="AcmeException">The file of the authority cannot be used.</exception>
    public AcmeLink Link()
    {
        lock (_linking)
        {
            return _link ??= new AcmeLink(Url, _config.Ca is { } file ? ReadFile(file) : null, _clock);
        }
    }

    /// <summary>The account, made where there is none.</summary>
    /// <exception cref="AcmeException">There is none, and none can be made.</exception>
    public async Task<AcmeClient> OpenAsync(CancellationToken cancelled)
    {
        await _opening.WaitAsync(cancelled);
        try
        {
            return _client ??= await OpenAccountAsync(cancelled);
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Forgets the account's URL: the issuer does not know it any more. Its key stays.</summary>
    public void Forget()
    {
        _client = null;
        _store.WriteAccount(Url, new SavedAccount { Directory = Url.ToString() });
    }

    public void Dispose()
    {
        _link?.Dispose();
        _opening.Dispose();
    }

    private async Task<AcmeClient> OpenAccountAsync(CancellationToken cancelled)
    {
        AcmeLink link = Link();
        if (_store.ReadAccount(Url) is { Account.Account: { } known } kept)
        {
            return new AcmeClient(link, kept.Key, known, _clock);
        }

        using IDisposable only = await LockAsync(cancelled);
        if (_store.ReadAccount(Url) is { Account.Account: { } made } other)
        {
            return new AcmeClient(link, other.Key, made, _clock);
        }

        AccountKey key = _store.ReadAccount(Url)?.Key ?? MakeKey();
        string account = await AcmeClient.MakeAccountAsync(link, key, _email, await BindingAsync(cancelled), cancelled);
        _store.WriteAccount(Url, new SavedAccount { Directory = Url.ToString(), Account = account, Email = _email });
        _log.Write(OperatorEvents.AcmeAccountMade, Name, (await link.GetDirectoryAsync(cancelled)).Meta?.TermsOfService);
        return new AcmeClient(link, key, account, _clock);
    }

    private AccountKey MakeKey()
    {
        AccountKey key = AccountKey.Make();
        _store.WriteKey(Url, key);
        return key;
    }

    private async Task<IDisposable> LockAsync(CancellationToken cancelled)
    {
        long startedAt = _clock.GetTimestamp();
        while (_clock.GetElapsedTime(startedAt) < _lockPatience)
        {
            if (_store.TryLock($"account-{Url.Host}") is { } only)
            {
                return only;
            }

            await Task.Delay(_lockPoll, _clock, cancelled);
        }

        throw new AcmeException("another process has been making the account for too long");
    }

    private async Task<(string KeyId, byte[] Secret)?> BindingAsync(CancellationToken cancelled)
    {
        if (_config.Eab is { } eab)
        {
            return (eab.KeyId, Decode(ReadFile(eab.KeyFile)) ?? throw new AcmeException($"the file '{eab.KeyFile}' holds no key in base64url"));
        }

        return _config.Directory == "zerossl" && _email is not null ? await AskZeroSslAsync(_email, cancelled) : null;
    }

    // ZeroSSL makes an account for whoever has an address.
    private static async Task<(string KeyId, byte[] Secret)> AskZeroSslAsync(string email, CancellationToken cancelled)
    {
        try
        {
            using HttpClient http = new() { Timeout = TimeSpan.FromSeconds(30), MaxResponseContentBufferSize = 1 << 16 };
            using FormUrlEncodedContent form = new([KeyValuePair.Create("email", email)]);
            using HttpResponseMessage answer = await http.PostAsync(ZeroSslAccounts, form, cancelled);
            JsonNode? told = JsonNode.Parse(await answer.Content.ReadAsStringAsync(cancelled));
            if (told?["eab_kid"]?.GetValue<string>() is { } id && told["eab_hmac_key"]?.GetValue<string>() is { } key && Decode(key) is { } secret)
            {
                return (id, secret);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or System.Text.Json.JsonException or InvalidOperationException)
        {
            throw new AcmeException($"zerossl gives no account: {exception.Message}", exception);
        }

        throw new AcmeException("zerossl gives no account for this address");
    }

    /// <summary>A key in base64url, as issuers hand it out; null: it is none.</summary>
    public static byte[]? Decode(string text)
    {
        try
        {
            byte[] key = Base64Url.DecodeFromChars(text.AsSpan().Trim());
            return key.Length > 0 ? key : null;
        }
        catch (FormatException)
        {
            return null;
        }
    }

    private string ReadFile(string file)
    {
        try
        {
            return File.ReadAllText(ModulePlaces.ResolvePath(_config.Position, file));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new AcmeException($"the file '{file}' cannot be read: {exception.Message}", exception);
        }
    }
}
