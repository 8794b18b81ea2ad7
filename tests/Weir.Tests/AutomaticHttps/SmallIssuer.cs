using System.Buffers.Text;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Weir.Interop.Tests.Peers;

namespace Weir.Tests.AutomaticHttps;

/// <summary>
/// An ACME server as small as can be, for what real test servers lack: renewal advice (RFC 9773), refusals at will. Every order is
/// authorized beforehand. One call at a time.
/// </summary>
internal sealed class SmallIssuer : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _root;
    private readonly TimeProvider _clock;
    private readonly Task _serving;
    private readonly Queue<(int Status, string Type, string? RetryAfter)> _refusals = [];
    private string _chain = "";
    private int _nonces;

    public SmallIssuer(TimeProvider clock)
    {
        _clock = clock;
        CertificateRequest request = new("CN=Small issuer", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _root = request.CreateSelfSigned(clock.GetUtcNow().AddYears(-1), clock.GetUtcNow().AddYears(10));
        Url = $"http://127.0.0.1:{FreePort.Lease()}";
        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _serving = Task.Run(ServeAsync);
    }

    public string Url { get; }

    /// <summary>The payloads of newOrder.</summary>
    public List<string> Orders { get; } = [];

    /// <summary>What was asked about renewals: the identifiers.</summary>
    public List<string> Advised { get; } = [];

    public int Accounts { get; private set; }

    /// <summary>What accounts were changed to.</summary>
    public List<string> Changes { get; } = [];

    /// <summary>The payloads of keyChange: messages of the new keys.</summary>
    public List<string> KeyChanges { get; } = [];

    /// <summary>The payloads of revokeCert.</summary>
    public List<string> Revoked { get; } = [];

    /// <summary>The payloads of newAccount.</summary>
    public List<string> AccountWishes { get; } = [];

    /// <summary>What the next change of an account, its key or a certificate's standing is refused with; null: nothing.</summary>
    public string? RefusesChange { get; set; }

    /// <summary>How long certificates are good.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromDays(90);

    /// <summary>The window of the advice; null: none is given.</summary>
    public (DateTimeOffset Start, DateTimeOffset End)? Window { get; set; }

    /// <summary>Refuses the next order.</summary>
    public void Refuse(int status, string type, string? retryAfter = null) => _refusals.Enqueue((status, type, retryAfter));

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving;
        _listener.Close();
        _root.Dispose();
        _key.Dispose();
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                HttpListenerContext call = await _listener.GetContextAsync();
                using StreamReader reader = new(call.Request.InputStream);
                string body = await reader.ReadToEndAsync();
                call.Response.AddHeader("Replay-Nonce", $"nonce-{++_nonces}");
                byte[] answer = Encoding.UTF8.GetBytes(Answer(call, Payload(body)));
                call.Response.ContentLength64 = answer.Length;
                if (call.Request.HttpMethod != "HEAD")
                {
                    await call.Response.OutputStream.WriteAsync(answer);
                }

                call.Response.Close();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private static string Payload(string body)
    {
        if (body.Length == 0)
        {
            return "";
        }

        using JsonDocument message = JsonDocument.Parse(body);
        return Encoding.UTF8.GetString(Base64Url.DecodeFromChars(message.RootElement.GetProperty("payload").GetString()));
    }

    private string Answer(HttpListenerContext call, string payload)
    {
        HttpListenerResponse response = call.Response;
        string path = call.Request.Url!.AbsolutePath;
        switch (path)
        {
            case "/dir":
                string more = $", \"keyChange\": \"{Url}/key\", \"revokeCert\": \"{Url}/revoke\"";
                more += Window is null ? "" : $", \"renewalInfo\": \"{Url}/advice\"";
                return $$"""{"newNonce": "{{Url}}/nonce", "newAccount": "{{Url}}/account", "newOrder": "{{Url}}/order"{{more}}}""";
            case "/key":
                return Change(response, KeyChanges, payload);
            case "/revoke":
                return Change(response, Revoked, payload);
            case "/account/1":
                return Change(response, Changes, payload);
            case "/account":
                AccountWishes.Add(payload);
                if (payload.Contains("onlyReturnExisting", StringComparison.Ordinal))
                {
                    response.AddHeader("Location", $"{Url}/account/1");
                    return "{}";
                }

                Accounts++;
                response.StatusCode = 201;
                response.AddHeader("Location", $"{Url}/account/{Accounts}");
                return "{}";
            case "/order":
                return Order(response, payload);
            case "/finalize":
                Sign(payload);
                return "{}";
            case "/order/1":
                string status = _chain.Length > 0 ? "valid" : "ready";
                return $$"""{"status": "{{status}}", "authorizations": [], "finalize": "{{Url}}/finalize", "certificate": "{{Url}}/certificate"}""";
            case "/certificate":
                return _chain;
            default:
                return path.StartsWith("/advice/", StringComparison.Ordinal) ? Advise(response, path["/advice/".Length..]) : "";
        }
    }

    private string Change(HttpListenerResponse response, List<string> changes, string payload)
    {
        changes.Add(payload);
        if (RefusesChange is { } type)
        {
            RefusesChange = null;
            response.StatusCode = 400;
            return $$"""{"type": "urn:ietf:params:acme:error:{{type}}", "detail": "not so"}""";
        }

        return "{}";
    }

    private string Order(HttpListenerResponse response, string payload)
    {
        Orders.Add(payload);
        if (_refusals.TryDequeue(out (int Status, string Type, string? RetryAfter) refusal))
        {
            response.StatusCode = refusal.Status;
            if (refusal.RetryAfter is not null)
            {
                response.AddHeader("Retry-After", refusal.RetryAfter);
            }

            return $$"""{"type": "urn:ietf:params:acme:error:{{refusal.Type}}", "detail": "not now"}""";
        }

        _chain = "";
        response.StatusCode = 201;
        response.AddHeader("Location", $"{Url}/order/1");
        return $$"""{"status": "ready", "authorizations": [], "finalize": "{{Url}}/finalize"}""";
    }

    private void Sign(string payload)
    {
        using JsonDocument wish = JsonDocument.Parse(payload);
        byte[] request = Base64Url.DecodeFromChars(wish.RootElement.GetProperty("csr").GetString());
        CertificateRequest asked = CertificateRequest.LoadSigningRequest(
            request, HashAlgorithmName.SHA256, CertificateRequestLoadOptions.UnsafeLoadCertificateExtensions);
        asked.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(_root, true, false));
        using X509Certificate2 made = asked.Create(
            _root.SubjectName, X509SignatureGenerator.CreateForECDsa(_key), _clock.GetUtcNow(), _clock.GetUtcNow() + Lifetime,
            RandomNumberGenerator.GetBytes(8));
        _chain = made.ExportCertificatePem() + "\n" + _root.ExportCertificatePem() + "\n";
    }

    private string Advise(HttpListenerResponse response, string id)
    {
        Advised.Add(id);
        response.AddHeader("Retry-After", "21600");
        return $$"""{"suggestedWindow": {"start": "{{Window!.Value.Start:O}}", "end": "{{Window.Value.End:O}}"}, "explanationURL": "https://issuer.test/why"}""";
    }
}
