using System.Text;

namespace Weir.Cli.Leaktest;

/// <summary>One request that may make a site talk.</summary>
/// <param name="Name">What it is, for people.</param>
/// <param name="Octets">The request as it goes out: some are wrong on purpose.</param>
internal sealed record Probe(string Name, byte[] Octets)
{
    /// <summary>Words that stand in the request itself: to see them again in an error page says nothing, in Location much.</summary>
    public const string Marker = "weir-leaktest.example";

    private const string Agent = "User-Agent: weir-leaktest\r\nAccept-Encoding: identity\r\nConnection: close\r\n";

    /// <summary>All requests for a URL; each is sent once, on a connection of its own.</summary>
    public static IReadOnlyList<Probe> For(Uri url)
    {
        string host = url.Authority;
        string path = url.PathAndQuery;
        string missing = $"/weir-leaktest-{Guid.NewGuid():N}";
        string bare = url.AbsolutePath.TrimEnd('/');
        List<Probe> probes =
        [
            Get("the page", path, host),
            Get("a page that is not there", missing, host),
            Get("a script that is not there", missing + ".php", host),
            Get("a path with a control octet", missing + "%00", host),
            Get("a path with a broken escape", missing + "%zz", host),
            Get("a path with a semicolon", "/..;" + missing, host),
            Get("a very long path", missing + new string('a', 9000), host),
            Get("a range behind the end", path, host, "Range: bytes=99999999999-"),
            Get("a field that is too long", path, host, "X-Long: " + new string('a', 40_000)),
            Get("another host", path, Marker),
            Get("a forwarded host", path, host, $"X-Forwarded-Host: {Marker}", "X-Forwarded-Proto: http", $"X-Host: {Marker}", $"Forwarded: host={Marker}"),
            new("HTTP/1.0 without Host", Raw($"GET {(bare.Length == 0 ? "/" : bare)} HTTP/1.0\r\n\r\n")),
            new("TRACE", Raw($"TRACE {path} HTTP/1.1\r\nHost: {host}\r\n{Agent}\r\n")),
            new("OPTIONS *", Raw($"OPTIONS * HTTP/1.1\r\nHost: {host}\r\n{Agent}\r\n")),
            new("OPTIONS", Raw($"OPTIONS {path} HTTP/1.1\r\nHost: {host}\r\nMax-Forwards: 0\r\n{Agent}\r\n")),
            new("a method that is none", Raw($"WEIR {path} HTTP/1.1\r\nHost: {host}\r\n{Agent}\r\n")),
            new("a version that is none", Raw($"GET {path} HTTP/9.9\r\nHost: {host}\r\n{Agent}\r\n")),
            new("broken JSON", Post(path, host, "application/json", "{\"a\": [1, {]}")),
            new("broken XML", Post(path, host, "application/xml", "<a><b></a>")),
            new("a form with odd types", Post(path, host, "application/x-www-form-urlencoded", "id[]=%27%22&id=-1&page=%c0%ae")),
            new("a query with quotes", Raw($"GET {url.AbsolutePath}?id=%27%22%3C&page[]=-1 HTTP/1.1\r\nHost: {host}\r\n{Agent}\r\n")),
        ];
        if (bare.Length > 0)
        {
            probes.Add(Get("a folder without its slash", bare, host));
        }

        probes.AddRange(ToldPath.All.Select(told => Get(told.Path, told.Path, host)));
        return probes;
    }

    private static Probe Get(string name, string path, string host, params string[] fields) =>
        new(name, Raw($"GET {path} HTTP/1.1\r\nHost: {host}\r\n{string.Concat(fields.Select(field => field + "\r\n"))}{Agent}\r\n"));

    private static byte[] Post(string path, string host, string type, string content) =>
        Raw($"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {type}\r\nContent-Length: {content.Length}\r\n{Agent}\r\n{content}");

    private static byte[] Raw(string text) => Encoding.Latin1.GetBytes(text);
}
