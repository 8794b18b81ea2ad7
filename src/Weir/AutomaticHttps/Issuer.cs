using System.Buffers.Text;
using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Nodes;
using Weir.Abstractions.Files;
using Weir.Acme;
using Weir.Certificates;
using Weir.Config;
using Weir.Config.Model;
using Weir.Telemetry.Events;

namespace Weir.AutomaticHttps;

/// <summary>
/// An issuer of the configuration: its connection, its account, and which names it wants to be left alone with. Any thread.
/// </summary>
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
    private FileMark _keyMark;

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

    /// <summary>Whether there is an account.</summary>
    public bool HasAccount => _store.ReadAccount(Url)?.Account.Account is not null;

    /// <summary>Whether the issuer was given another address than the configuration has.</summary>
    public bool HasOtherEmail => _store.ReadAccount(Url) is { Account: { Account: not null } account } && account.Email != _email;

    /// <summary>The account, made where there is none, and with the address of the configuration.</summary>
    /// <exception cref="AcmeException">There is none, and none can be made.</exception>
    public async Task<AcmeClient> OpenAsync(CancellationToken cancelled)
    {
        await _opening.WaitAsync(cancelled);
        try
        {
            // Another process of this data directory may have changed the key.
            FileMark mark = _store.KeyMark(Url);
            if (_client is null || mark != _keyMark)
            {
                _client = await OpenAccountAsync(cancelled);
                _keyMark = _store.KeyMark(Url);
            }

            return _client;
        }
        finally
        {
            _opening.Release();
        }
    }

    /// <summary>Gives the account a new key.</summary>
    /// <exception cref="AcmeException">The issuer refuses, or there is no account.</exception>
    public async Task ChangeKeyAsync(CancellationToken cancelled)
    {
        AcmeClient client = await OpenAsync(cancelled);
        await _opening.WaitAsync(cancelled);
        try
        {
            using IDisposable only = await LockAsync(cancelled);

            // On the disk first: whatever ends this process, the key that the issuer knows is there. Which of the two, the issuer tells.
            using AccountKey next = AccountKey.Make();
            if (!_store.WriteNextKey(Url, next))
            {
                throw new AcmeException("the new key cannot be kept, so the issuer was not told");
            }

            await client.ChangeKeyAsync(next, cancelled);
            _store.SettleNextKey(Url, isTaken: true);
            _client = null;
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
        if (!_store.HasNextKey(Url) && _store.ReadAccount(Url) is { Account.Account: { } known } kept && kept.Account.Email == _email)
        {
            return new AcmeClient(link, kept.Key, known, _clock);
        }

        using IDisposable only = await LockAsync(cancelled);
        await SettleKeyAsync(link, cancelled);
        if (_store.ReadAccount(Url) is { Account.Account: { } made } other)
        {
            AcmeClient client = new(link, other.Key, made, _clock);
            await KeepEmailAsync(client, other.Account, cancelled);
            return client;
        }

        AccountKey key = _store.ReadAccount(Url)?.Key ?? MakeKey();
        string account = await AcmeClient.MakeAccountAsync(link, key, _email, await BindingAsync(cancelled), cancelled);
        _store.WriteAccount(Url, new SavedAccount { Directory = Url.ToString(), Account = account, Email = _email });
        _log.Write(OperatorEvents.AcmeAccountMade, Name, (await link.GetDirectoryAsync(cancelled)).Meta?.TermsOfService);
        return new AcmeClient(link, key, account, _clock);
    }

    /// <summary>A process ended while the key was being changed: the issuer knows which one it is now.</summary>
    private async Task SettleKeyAsync(AcmeLink link, CancellationToken cancelled)
    {
        using AccountKey? next = _store.ReadNextKey(Url);
        string? account = next is null ? null : await AcmeClient.FindAccountAsync(link, next, cancelled);
        _store.SettleNextKey(Url, isTaken: account is not null && account == _store.ReadAccount(Url)?.Account.Account);
    }

    // An issuer that refuses an address still gives certificates: no order fails for it.
    private async Task KeepEmailAsync(AcmeClient client, SavedAccount account, CancellationToken cancelled)
    {
        if (account.Email == _email)
        {
            return;
        }

        try
        {
            await client.UpdateContactAsync(_email, cancelled);
            _store.WriteAccount(Url, account with { Email = _email });
            _log.Write(OperatorEvents.AcmeAddressChanged, Name, _email ?? "none");
        }
        catch (AcmeException refusal) when (refusal.Type != "accountDoesNotExist")
        {
            _log.Write(OperatorEvents.AcmeAccountKept, Name, refusal.Message);
        }
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
            if (told?["eab_kid"]?.GetValue<string>() is { } id && told["eab_hmac_key"]?.GetValue<string>() is { } key
                && Decode(key) is { } secret)
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

    private string ReadFile(string file) =>
        NamedFile.TryRead(ModulePlaces.ResolvePath(_config.Position, file), out string problem) is { } octets
            ? Encoding.UTF8.GetString(octets)
            : throw new AcmeException($"the file '{file}' cannot be read: {problem}");
}
