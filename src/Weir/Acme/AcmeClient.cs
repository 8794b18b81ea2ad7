using System.Buffers.Text;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Weir.AutomaticHttps;
using Weir.Config.Model;

namespace Weir.Acme;

/// <summary>
/// An account at an issuer: gets certificates (RFC 8555 section 7.4): 1 order 2 prove each name 3 finalize 4 download. Several orders may
/// go on at once.
/// </summary>
internal sealed class AcmeClient
{
    private static readonly TimeSpan _firstWait = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan _longestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan _patience = TimeSpan.FromMinutes(5);

    private readonly AcmeLink _link;
    private readonly AccountKey _key;
    private readonly TimeProvider _clock;
    private readonly string _account;

    public AcmeClient(AcmeLink link, AccountKey key, string account, TimeProvider clock)
    {
        _link = link;
        _key = key;
        _account = account;
        _clock = clock;
    }

    /// <summary>Makes an account, or finds the one that the key has already (RFC 8555 section 7.3). Returns its URL.</summary>
    /// <param name="link">The issuer.</param>
    /// <param name="key">The account's key.</param>
    /// <param name="email">Whom the issuer may write to; null: nobody.</param>
    /// <param name="binding">External account binding; null: none.</param>
    /// <param name="cancelled">Ends it.</param>
    public static async Task<string> MakeAccountAsync(
        AcmeLink link, AccountKey key, string? email, (string KeyId, byte[] Secret)? binding, CancellationToken cancelled)
    {
        AcmeDirectory directory = await link.GetDirectoryAsync(cancelled);
        if (directory.Meta is { ExternalAccountRequired: true } && binding is null)
        {
            throw new AcmeException("the issuer wants an account of its own (externalAccountRequired): give its `eab`") { Type = "externalAccountRequired" };
        }

        JsonObject wish = new() { ["termsOfServiceAgreed"] = true };
        if (email is not null)
        {
            wish["contact"] = new JsonArray($"mailto:{email}");
        }

        if (binding is { } bound)
        {
            wish["externalAccountBinding"] = JsonNode.Parse(Jws.Bind(key, bound.KeyId, bound.Secret, directory.NewAccount!));
        }

        AcmeAnswer answer = await link.PostAsync(key, null, directory.NewAccount!, wish.ToJsonString(), cancelled);
        return answer.Location ?? throw new AcmeException("the issuer named no account");
    }

    /// <summary>The account that a key has; null: none.</summary>
    public static async Task<string?> FindAccountAsync(AcmeLink link, AccountKey key, CancellationToken cancelled)
    {
        try
        {
            AcmeDirectory directory = await link.GetDirectoryAsync(cancelled);
            AcmeAnswer answer = await link.PostAsync(key, null, directory.NewAccount!, """{"onlyReturnExisting":true}""", cancelled);
            return answer.Location;
        }
        catch (AcmeException refusal) when (refusal.Type == "accountDoesNotExist")
        {
            return null;
        }
    }

    /// <summary>Tells the issuer whom it may write to from now on (RFC 8555 section 7.3.2); null: nobody.</summary>
    public Task UpdateContactAsync(string? email, CancellationToken cancelled)
    {
        JsonObject wish = new() { ["contact"] = email is null ? new JsonArray() : new JsonArray($"mailto:{email}") };
        return _link.PostAsync(_key, _account, _account, wish.ToJsonString(), cancelled);
    }

    /// <summary>Gives the account another key (RFC 8555 section 7.3.5).</summary>
    public async Task ChangeKeyAsync(AccountKey next, CancellationToken cancelled)
    {
        string url = (await _link.GetDirectoryAsync(cancelled)).KeyChange ?? throw new AcmeException(
            "the issuer changes no keys of accounts");
        JsonObject wish = new() { ["account"] = _account, ["oldKey"] = JsonNode.Parse(_key.Jwk) };
        await _link.PostAsync(_key, _account, url, Jws.Introduce(next, url, wish.ToJsonString()), cancelled);
    }

    /// <summary>Has a certificate revoked (RFC 8555 section 7.6).</summary>
    /// <param name="chainPem">The chain, the certificate first.</param>
    /// <param name="reason">Of RFC 5280 section 5.3.1.</param>
    /// <param name="cancelled">Ends it.</param>
    public async Task RevokeAsync(string chainPem, int reason, CancellationToken cancelled)
    {
        string url = (await _link.GetDirectoryAsync(cancelled)).RevokeCert ?? throw new AcmeException("the issuer revokes nothing");
        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(chainPem);
        string wish = $$"""{"certificate":"{{Base64Url.EncodeToString(certificate.RawData)}}","reason":{{reason}}}""";
        await _link.PostAsync(_key, _account, url, wish, cancelled);
    }

    /// <summary>Gets a certificate with a new key.</summary>
    /// <param name="name">The name: "example.com" or "*.example.com".</param>
    /// <param name="prover">Proves it.</param>
    /// <param name="replaces">The certificate that this one follows (<see cref="RenewalId"/>); null: none.</param>
    /// <param name="cancelled">Ends it.</param>
    /// <exception cref="AcmeException">The issuer refused, or could not be asked.</exception>
    public async Task<PemPair> IssueAsync(string name, IProver prover, string? replaces, CancellationToken cancelled)
    {
        (string orderUrl, AcmeOrder order) = await OrderAsync(name, replaces, cancelled);
        foreach (string authorization in order.Authorizations ?? [])
        {
            await ProveAsync(authorization, prover, cancelled);
        }

        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string request = $$"""{"csr":"{{Base64Url.EncodeToString(Request(name, key))}}"}""";
        order = await UntilAsync(orderUrl, "ready", "pending", cancelled);
        await _link.PostAsync(_key, _account, order.Finalize ?? throw Odd(), request, cancelled);
        order = await UntilAsync(orderUrl, "valid", "processing", cancelled);
        AcmeAnswer chain = await PostAsGetAsync(order.Certificate ?? throw Odd(), cancelled);
        return new PemPair(Encoding.ASCII.GetString(chain.Body), key.ExportPkcs8PrivateKeyPem() + "\n");
    }

    private async Task<(string Url, AcmeOrder Order)> OrderAsync(string name, string? replaces, CancellationToken cancelled)
    {
        AcmeDirectory directory = await _link.GetDirectoryAsync(cancelled);
        JsonObject wish = new() { ["identifiers"] = new JsonArray(new JsonObject { ["type"] = "dns", ["value"] = name }) };
        if (replaces is not null && directory.RenewalInfo is not null)
        {
            wish["replaces"] = replaces;
        }

        try
        {
            AcmeAnswer answer = await _link.PostAsync(_key, _account, directory.NewOrder!, wish.ToJsonString(), cancelled);
            return (answer.Location ?? throw Odd(), answer.Read(AcmeJson.Default.AcmeOrder));
        }
        catch (AcmeException refusal) when (wish.ContainsKey("replaces") && refusal.Type is "alreadyReplaced" or "malformed")
        {
            // RFC 9773 section 5: it is a hint for the issuer's limits; without it the order is as good.
            return await OrderAsync(name, null, cancelled);
        }
    }

    private async Task ProveAsync(string url, IProver prover, CancellationToken cancelled)
    {
        AcmeAuthorization authorization = (await PostAsGetAsync(url, cancelled)).Read(AcmeJson.Default.AcmeAuthorization);
        if (authorization.Status == "valid")
        {
            return;
        }

        string type = prover.Kind switch { AcmeChallenge.Http => "http-01", AcmeChallenge.TlsAlpn => "tls-alpn-01", _ => "dns-01" };
        string name = authorization.Identifier?.Value ?? throw Odd();
        AcmeChallengeRecord challenge = authorization.Challenges?.FirstOrDefault(one => one.Type == type)
            ?? throw new AcmeException($"the issuer takes no proof of {name} by {type}");
        string token = challenge.Token ?? throw Odd();
        if (!token.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_'))
        {
            // RFC 8555 section 8.1: base64url; it becomes a path and a file's name.
            throw Odd();
        }

        await using IAsyncDisposable shown = await prover.ShowAsync(name, token, _key.Authorize(token), cancelled);
        await _link.PostAsync(_key, _account, challenge.Url ?? throw Odd(), "{}", cancelled);
        await AwaitProofAsync(url, type, cancelled);
    }

    private async Task AwaitProofAsync(string url, string type, CancellationToken cancelled)
    {
        TimeSpan wait = _firstWait;
        long startedAt = _clock.GetTimestamp();
        while (true)
        {
            AcmeAnswer answer = await PostAsGetAsync(url, cancelled);
            AcmeAuthorization authorization = answer.Read(AcmeJson.Default.AcmeAuthorization);
            if (authorization.Status == "valid")
            {
                return;
            }

            if (authorization.Status != "pending")
            {
                AcmeProblem? problem = authorization.Challenges?.FirstOrDefault(one => one.Error is not null)?.Error;
                throw new AcmeException($"the proof by {type} failed: {AcmeLink.Describe(problem) ?? authorization.Status}") { Type = "unauthorized" };
            }

            wait = await PauseAsync(answer, wait, startedAt, cancelled);
        }
    }

    private async Task<AcmeOrder> UntilAsync(string url, string wanted, string meanwhile, CancellationToken cancelled)
    {
        TimeSpan wait = _firstWait;
        long startedAt = _clock.GetTimestamp();
        while (true)
        {
            AcmeAnswer answer = await PostAsGetAsync(url, cancelled);
            AcmeOrder order = answer.Read(AcmeJson.Default.AcmeOrder);
            if (order.Status == wanted)
            {
                return order;
            }

            if (order.Status != meanwhile && order.Status != "ready")
            {
                throw new AcmeException(
                    $"the order became {order.Status}: {AcmeLink.Describe(order.Error) ?? "the issuer gave no reason"}");
            }

            wait = await PauseAsync(answer, wait, startedAt, cancelled);
        }
    }

    private async Task<TimeSpan> PauseAsync(AcmeAnswer answer, TimeSpan wait, long startedAt, CancellationToken cancelled)
    {
        if (_clock.GetElapsedTime(startedAt) > _patience)
        {
            throw new AcmeException($"the issuer was not done within {_patience.TotalMinutes} min");
        }

        TimeSpan asked = answer.RetryAfter is { } hint && hint > TimeSpan.Zero ? hint : wait;
        await Task.Delay(asked < _longestWait ? asked : _longestWait, _clock, cancelled);
        return wait * 2 < _longestWait ? wait * 2 : _longestWait;
    }

    private Task<AcmeAnswer> PostAsGetAsync(string url, CancellationToken cancelled) => _link.PostAsync(_key, _account, url, "", cancelled);

    private static byte[] Request(string name, ECDsa key)
    {
        CertificateRequest request = new(new X500DistinguishedName(""), key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName(name);
        request.CertificateExtensions.Add(names.Build());
        return request.CreateSigningRequest();
    }

    private static AcmeException Odd() => new("the issuer answered with something that is no ACME object");
}
