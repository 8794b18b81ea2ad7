using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Weir.Config;
using Weir.Explaining;
using Weir.Modules;

namespace Weir.Cli.Tests.Commands;

/// <summary>
/// The whole program with everything that tells something switched on, and secrets in every place that has any: none of them is in anything
/// that it writes or answers. It takes seconds because a program is started for each form of its logs.
/// </summary>
public sealed class SecretsTests
{
    private const int SigTerm = 15;

    private static readonly string[] _adminPages =
    [
        "/metrics", "/livez", "/readyz", "/api/v1/status", "/api/v1/upstreams", "/api/v1/sites", "/api/v1/routes", "/api/v1/config",
        "/api/v1/certificates", "/api/v1/bans", "/api/v1/caches", "/api/v1/nothing",
    ];

    private static readonly JsonSerializerOptions _plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    // No secret: that it is told shows that the places looked through are those that tell.
    private readonly string _open = $"open{RandomNumberGenerator.GetHexString(12, lowercase: true)}";
    private readonly Dictionary<string, string> _planted = new(StringComparer.Ordinal);

    [Fact]
    public async Task No_planted_secret_is_in_anything_that_the_program_tells()
    {
        using TemporaryFolder folder = new();
        await using TellingOrigin origin = new(Plant("set-cookie"));
        WriteSecrets(folder);
        string text = Write(folder, origin.Port, "text", "json");
        string json = Write(folder, origin.Port, "json", "combined");
        string[] requests = [.. Requests()];

        // Side by side: each start of the program costs more than all that is asked of it.
        string[] told = await Task.WhenAll(ListenAsync(folder, text, requests), ListenAsync(folder, json, requests), CheckAsync(text));
        string all = string.Concat(told) + await ExplainAsync(text);
        foreach (string key in new[] { "data-text", "data-json" }.SelectMany(data => Directory.GetFiles(folder.Path(data), "*.key")))
        {
            byte[] octets = await File.ReadAllBytesAsync(key);
            _planted[key] = Convert.ToBase64String(octets);
            _planted[key + " in hexadecimal"] = Convert.ToHexString(octets);
        }

        all.ShouldContain("login_failed", customMessage: "What is looked through is what the program told.");
        all.ShouldContain("weir_");
        told[..2].ShouldAllBe(each => each.Contains($"\"{_open}\"", StringComparison.Ordinal), "The access logs tell what is no secret.");
        all.ShouldContain("X-Open: " + _open, customMessage: "Explanations tell what is no secret.");
        _planted.Where(secret => Tells(all, secret.Value)).Select(secret => $"{secret.Key}: {LineOf(all, secret.Value)}").ShouldBeEmpty();
    }

    /// <summary>Everything that one run of the program tells.</summary>
    private static async Task<string> ListenAsync(TemporaryFolder folder, string file, string[] requests)
    {
        string name = Path.GetFileNameWithoutExtension(file);
        StringBuilder told = new();
        await using (WeirProgram weir = WeirProgram.Start("run", "-c", file))
        {
            string said = await weir.SeeAsync("admin_started");
            int port = await weir.PortAsync();
            foreach (string request in requests)
            {
                told.Append(await AskAsync(port, request));
            }

            foreach (string page in _adminPages)
            {
                told.Append(await AskAdminAsync(folder.Path(name + ".sock"), page));
            }

            weir.Signal(SigTerm);
            await weir.ExitAsync();
            told.Append(said).Append(weir.Output).Append(weir.Errors);
        }

        return told.Append(await File.ReadAllTextAsync(folder.Path(name + ".access"))).ToString();
    }

    private static async Task<string> CheckAsync(string file)
    {
        (_, string output, string errors) = await WeirProgram.RunAsync("check", "--effective", "-c", file);
        return output + errors;
    }

    /// <summary>What `weir explain` knows of requests to each kind of route, whole.</summary>
    private async Task<string> ExplainAsync(string file)
    {
        StandardModules modules = new();
        Explainer explainer = new(ConfigReader.Read(file, modules, _ => null).Config!, modules);
        StringBuilder told = new();
        foreach (string path in new[] { "/app/", "/basic/", "/jwt/", "/key/", "/oidc/", "/limited/", "/asked-app/", "/challenged/" })
        {
            AskedRequest request = new()
            {
                Method = "GET",
                Url = "http://a.test" + path,
                Fields =
                [
                    $"Authorization: Bearer {_planted["bearer token"]}", $"X-Api-Key: {_planted["API key"]}", "X-Open: " + _open,
                    $"Cookie: sid={_planted["cookie"]}; __Host-weir=1{_planted["session"]}",
                ],
            };
            told.Append(JsonSerializer.Serialize(await explainer.ExplainAsync(request), _plain));
        }

        return told.ToString();
    }

    private static bool Tells(string all, string secret) =>
        all.Contains(secret, StringComparison.OrdinalIgnoreCase)
        || all.Contains(Convert.ToBase64String(Encoding.ASCII.GetBytes(secret)).TrimEnd('='), StringComparison.Ordinal);

    private static string LineOf(string all, string secret) =>
        all.Split('\n').FirstOrDefault(line => line.Contains(secret, StringComparison.OrdinalIgnoreCase)) ?? "in base64";

    private string Plant(string place)
    {
        string secret = $"planted{_planted.Count}x{Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12))}";
        _planted[place] = secret;
        return secret;
    }

    private void WriteSecrets(TemporaryFolder folder)
    {
        const string Hash = "$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e";
        _planted["the hash of a password"] = Hash;
        folder.Write("users", $"bea:{Hash}\n");
        folder.Write("keys", $"partner:{Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(Plant("API key"))))}\n");
        folder.Write("jwt-secret", Plant("secret of tokens"));
        folder.Write("client-secret", Plant("client_secret"));
        folder.Write("proof", Plant("proof of cloak"));
        folder.Write("token", Plant("admin token"));
        string cookieKey = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32));
        _planted["key of cookies"] = cookieKey;
        folder.Write("cookie-keys", cookieKey + "\n");
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string pem = key.ExportPkcs8PrivateKeyPem();
        _planted["key of TLS"] = pem.Split('\n')[1];
        folder.Write("site.key", pem);
        CertificateRequest asked = new("CN=a.test", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = asked.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        folder.Write("site.pem", certificate.ExportCertificatePem());
        foreach (string file in new[] { "users", "keys", "jwt-secret", "client-secret", "proof", "token", "cookie-keys", "site.key" })
        {
            File.SetUnixFileMode(folder.Path(file), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private static string Write(TemporaryFolder folder, int origin, string log, string access) =>
        folder.Write($"{log}.yaml", $$"""
            listen: ["127.0.0.1:0", { address: "127.0.0.1:0", tls: true }]
            process: { data: data-{{log}}, loops: 1 }
            admin: { socket: {{log}}.sock, listen: "127.0.0.1:0", token_file: token }
            log: { level: debug, format: {{log}}, access: { format: {{access}}, to: {{log}}.access } }
            caches: { default: { memory: 16MiB } }
            limits: { header_size: 4KiB }
            upstreams:
              app: { servers: ["http://127.0.0.1:{{origin}}"], sticky: { cookie: stuck } }
              gone: { servers: ["http://127.0.0.1:1"], retry: { attempts: 2 } }
            sites:
              a.test:
                tls: { certificate: site.pem, key: site.key }
                stack:
                  - cloak: { internal: [app.internal], proof: { file: proof } }
                  - filter: { rules: [{ name: look, when: 'request.headers["authorization"] + request.headers["cookie"] != ""', do: log }] }
                routes:
                  - { path: /basic/*, stack: [{ auth_basic: { users_file: users, user_header: X-User } }], to: app }
                  - { path: /key/*, stack: [{ auth_key: { keys_file: keys, query: api_key, label_header: X-Client } }], to: app }
                  - { path: /bearer/*, stack: [{ auth_key: { keys_file: keys, header: Authorization } }], to: app }
                  - path: /jwt/*
                    stack: [{ auth_jwt: { secret_file: jwt-secret, issuer: i, audience: [a], cookie: session, claims: { X-Sub: sub } } }]
                    to: app
                  - path: /oidc/*
                    stack:
                      - auth_oidc:
                          issuer: http://127.0.0.1:1
                          client_id: a
                          client_secret_file: client-secret
                          cookie_keys_file: cookie-keys
                          callback_path: /oidc/login
                          logout_path: /oidc/logout
                    to: app
                  - { path: /asked/*, stack: [{ auth_forward: { to: gone } }], to: app }
                  - { path: /asked-app/*, stack: [{ auth_forward: { to: app, copy: [X-User] } }], to: app }
                  - { path: /limited/*, stack: [{ rate_limit: { rate: 1/h, key: header.Authorization } }], to: app }
                  - { path: /limited-claims/*, stack: [{ rate_limit: { rate: 1/h, key: 'request.cookies["sid"]' } }], to: app }
                  - { path: /cached/*, stack: [cache], to: app }
                  - { path: /small/*, stack: [{ body_limit: 10B }], to: app }
                  - { path: /challenged/*, stack: [challenge], to: app }
                  - { path: /gone/*, to: gone }
                  - { path: /breaks/*, to: app }
                  - { path: /app/*, to: app }
            """);

    private IEnumerable<string> Requests()
    {
        string password = Plant("password");
        _planted["user and password"] = Convert.ToBase64String(Encoding.ASCII.GetBytes($"bea:{password}"));
        string basic = $"Authorization: Basic {_planted["user and password"]}";
        string bearer = $"Authorization: Bearer {Plant("bearer token")}";
        string odd = $"Authorization: {Plant("odd authorization")}";
        string cookies = $"Cookie: sid={Plant("cookie")}; session={Plant("cookie with a token")}; __Host-weir=1{Plant("session")}"
            + $"; stuck={Plant("sticky cookie")}; __Host-weir.login0={Plant("login")}";
        string apiKey = $"X-Api-Key: {_planted["API key"]}";
        string wrongKey = $"X-Api-Key: {Plant("unknown API key")}";
        string proof = $"X-Origin-Proof: {Plant("forged proof")}";
        string page = "Accept: text/html";
        string[] paths =
        [
            "/basic/", "/key/", "/bearer/", "/jwt/", "/oidc/", "/oidc/login", "/oidc/logout", "/asked/", "/asked-app/", "/limited/",
            "/limited-claims/", "/cached/", "/challenged/", "/gone/", "/breaks/", "/app/", "/nowhere/",
        ];
        foreach (string path in paths)
        {
            foreach (string shown in new[] { basic, bearer, odd })
            {
                yield return Head("GET", path, shown, cookies, wrongKey, proof, page);
            }
        }

        yield return Head("GET", "/key/", apiKey);
        yield return Head("GET", $"/key/?api_key={_planted["API key"]}&x=1");
        yield return Head("GET", $"/key/?api_key={Plant("unknown API key in a query")}&api_key=twice");
        yield return Head("GET", $"/oidc/login?code={Plant("code")}&state={Plant("state")}", page, cookies);
        string error = Plant("error of a provider").Replace("planted", "planted%0a", StringComparison.Ordinal);
        yield return Head("GET", $"/oidc/login?error={error}", page);
        yield return Head("POST", "/small/", basic, cookies, "Content-Length: 99") + Plant("content");
        yield return Head("POST", "/app/", basic, cookies, "Transfer-Encoding: chunked") + $"zz\r\n{Plant("broken content")}\r\n";
        yield return Head("GET", "/app/", basic + "\u0001");
        yield return Head("GET", "/app/", $"Authorization : {Plant("malformed field")}");
        yield return Head("GET", "/app/", $"Authorization: Bearer {Plant("a head that is too large")}{new string('x', 9000)}");
        yield return Head("GET", "/app/", basic, bearer);
        yield return $"GET /app/ HTTP/9.9\r\nHost: a.test\r\n{bearer}\r\n\r\n";
        yield return $"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n{bearer}\r\n\r\n";
        string socketKey = $"Sec-WebSocket-Key: x{Plant("key of a WebSocket")}";
        yield return Head("GET", "/app/", "Upgrade: websocket", "Connection: Upgrade", socketKey, basic, cookies);
        yield return Head("PURGE", "/cached/", bearer);
        yield return Head("GET", "/app/", $"User-Agent: {_open}", bearer);
        yield return $"GET / HTTP/1.1\r\nHost: b.test\r\n{bearer}\r\n{cookies}\r\nConnection: close\r\n\r\n";
    }

    private static string Head(string method, string target, params string[] fields) =>
        $"{method} {target} HTTP/1.1\r\nHost: a.test\r\n{string.Concat(fields.Select(field => field + "\r\n"))}"
        + $"{(Array.Exists(fields, field => field.StartsWith("Connection", StringComparison.Ordinal)) ? "" : "Connection: close\r\n")}\r\n";

    // What the origin said is its own business; what Weir says to who was refused is looked through.
    private static async Task<string> AskAsync(int port, string request)
    {
        using TcpClient client = new();
        await client.ConnectAsync(IPAddress.Loopback, port);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(request));
        client.Client.Shutdown(SocketShutdown.Send);
        using StreamReader reader = new(stream, Encoding.Latin1);
        string answer = await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
        return answer.StartsWith("HTTP/1.1 2", StringComparison.Ordinal) ? "" : answer;
    }

    private static async Task<string> AskAdminAsync(string socket, string page)
    {
        using HttpClient client = new(new SocketsHttpHandler
        {
            ConnectCallback = async (_, end) =>
            {
                Socket connection = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(socket), end);
                return new NetworkStream(connection, ownsSocket: true);
            },
        });
        using HttpResponseMessage response = await client.GetAsync("http://localhost" + page);
        return await response.Content.ReadAsStringAsync();
    }
}
