using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Weir.Bench.Modules.Stacks;

/// <summary>The stacks of the table: each module as an operator would write it, on a request that passes.</summary>
internal sealed class Scenes : IDisposable
{
    private const int Many = 1_000_000;
    private const string Secret = "a-secret-of-32-octets-for-HS256!";
    private const string Issuer = "https://login.example.com";
    private readonly byte[] _seal = RandomNumberGenerator.GetBytes(32);
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-bench-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>The rows, in the order of the reference.</summary>
    public IEnumerable<Scene> All() =>
    [
        new("headers", "{ headers: { request: { set: { X-Client: \"{client.ip}\" } }, response: { set: { X-Frame-Options: DENY } } } }"),
        new("rewrite", "{ rewrite: { strip_prefix: /shop } }"),
        new("access, 2 ranges", "{ access: { deny: [10.0.0.0/8, 192.0.2.0/24] } }"),
        new("access, 1,000,000 addresses", $"{{ access: {{ deny_file: {Addresses()} }} }}") { Clients = 4096, Note = "4,096 clients" },
        new("filter, 1 rule", "{ filter: [{ when: 'request.path.startsWith(\"/wp-\")' }] }"),
        new("filter, 100 rules", $"{{ filter: [{string.Join(", ", Enumerable.Range(0, 100).Select(Rule))}] }}"),
        new("rate_limit", "{ rate_limit: { rate: 1000000/s, burst: 1000000 } }"),
        new("rate_limit, 1,000,000 live keys", "{ rate_limit: { key: header.X-Key, rate: 1000000/s, burst: 1000000, entries: 2000000 } }")
        {
            Before = Many, Requests = 1 << 16, Lines = number => $"X-Key: client-{number}", Note = "65,536 of them, in no order",
        },
        new("concurrency", "{ concurrency: { key: client_ip, limit: 10 } }"),
        new("concurrency, adaptive", "{ concurrency: { adaptive: { min: 64, start: 64, max: 1000 } } }"),
        new("bandwidth", "{ bandwidth: 1GiB/s }"),
        new("auth_basic", $"{{ auth_basic: {{ users_file: {Users()}, user_header: X-User }} }}")
        {
            Lines = _ => "Authorization: Basic " + Convert.ToBase64String("bea:correct horse"u8),
            Note = "a password that was checked within the minute",
        },
        new("auth_key", $"{{ auth_key: {{ keys_file: {Keys()}, label_header: X-Api-Client }} }}") { Lines = _ => "X-Api-Key: planted-key" },
        new(
            "auth_jwt, HS256",
            $"{{ auth_jwt: {{ secret_file: {File("secret", Secret)}, issuer: \"https://login.example.com/\", audience: [shop], claims: {{ X-User: sub }} }} }}")
        {
            Lines = _ => "Authorization: Bearer " + Token(), Note = "a token that was verified before",
        },
        new(
            "auth_oidc",
            $"{{ auth_oidc: {{ issuer: \"{Issuer}\", client_id: app, cookie_keys_file: {File("seal", Convert.ToHexString(_seal))}, claims: {{ X-User: sub }} }} }}")
        {
            Lines = _ => "Cookie: " + Sessions.OfProvider(_seal, Issuer, "app"), Note = "a session, seen before",
        },
        new("auth_forward", "{ auth_forward: { to: other } }") { Note = "a request of its own to the service" },
        new("challenge", $"{{ challenge: {{ {Puzzle()}, when: 'request.path == \"/login\"' }} }}") { Note = "who is not suspicious" },
        new("challenge, with a pass", $"{{ challenge: {{ {Puzzle()}, always: true }} }}")
        {
            Lines = Pass($"{{ challenge: {{ {Puzzle()}, always: true }} }}"), Note = "suspicious, and passed before",
        },
        new("maintenance", "{ maintenance: { windows: [{ from: \"2099-01-01T00:00:00Z\", for: 1h }] } }")
        {
            Note = "outside of its windows",
        },
        new("mirror", "{ mirror: other }") { Note = "a request of its own to the mirror" },
        new("cache", "{ cache: default }")
        {
            Sections = "caches: { default: { memory: 64MiB } }", Note = "of an answer that may not be stored",
        },
        new("cors", "{ cors: { origins: [\"https://app.example.com\"] } }") { Lines = _ => "Origin: https://app.example.com" },
        new("csrf", "{ csrf: {} }"),
        new("security_headers", "{ security_headers: {} }"),
        new("cloak", "{ cloak: {} }"),
        new("body_limit", "{ body_limit: 1MiB }"),
        new("compress", "{ compress: {} }") { Note = "of an answer too small for it" },
        new("decompress", "{ decompress: {} }") { Note = "of a request without content" },
    ];

    private static string Rule(int i) => (i % 5) switch
    {
        0 => $"{{ when: 'request.path.startsWith(\"/wp-{i}\")' }}",
        1 => $"{{ when: 'request.headers[\"user-agent\"].contains(\"scanner{i}\")' }}",
        2 => $"{{ when: 'request.query.contains(\"union{i}\")' }}",
        3 => $"{{ when: 'request.headers[\"x-team\"] == \"team-{i}\"' }}",
        _ => $"{{ when: 'request.method == \"POST\" && request.path.endsWith(\".php{i}\")' }}",
    };

    // Even addresses, spread like those of the clients, which are odd.
    private string Addresses()
    {
        StringBuilder text = new();
        for (uint i = 0; i < Many; i++)
        {
            uint address = (i * 2654435761u) & ~1u;
            text.Append(CultureInfo.InvariantCulture, $"{address >> 24}.{(address >> 16) & 255}.{(address >> 8) & 255}.{address & 255}\n");
        }

        return File("addresses", text.ToString());
    }

    private string Users() => File("users", "bea:$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e\n");

    private string Keys() => File("keys", $"partner:{Convert.ToHexString(SHA256.HashData("planted-key"u8))}\n");

    private string Puzzle() => $"secret_file: {File("puzzle", Secret)}, bind: nothing, difficulty: 1";

    private static Func<int, string> Pass(string stack)
    {
        string pass = Sessions.OfPuzzle(stack);
        return _ => "Cookie: " + pass;
    }

    private static string Token()
    {
        string text = Base64("""{"alg":"HS256","typ":"JWT"}"""u8) + "." +
            Base64("""{"iss":"https://login.example.com/","aud":"shop","sub":"bea","exp":4000000000}"""u8);
        return text + "." + Base64(HMACSHA256.HashData(Encoding.ASCII.GetBytes(Secret), Encoding.ASCII.GetBytes(text)));
    }

    private static string Base64(ReadOnlySpan<byte> octets) => System.Buffers.Text.Base64Url.EncodeToString(octets);

    private string File(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        System.IO.File.WriteAllText(path, text);
        System.IO.File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return path;
    }
}
