using System.Globalization;
using System.Text.RegularExpressions;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Caching;

/// <summary>A proxy with a cache, its origin and a client: each exchange is a line or two. Dates "{-60}" are a minute before now.</summary>
internal sealed class CacheBed : IDisposable
{
    private readonly Dictionary<string, Peer> _clients = [];

    public CacheBed(string options = "", string more = "", string memory = "16MiB", string objectSize = "1MiB", string listen = "\":8080\"")
    {
        Proxy = new Proxy($$"""
            listen: [{{listen}}]
            caches: { default: { memory: {{memory}}, object_size: {{objectSize}} } }
            sites:
              "*":
                stack: [{ cache: { {{options}} } }{{more}}]
                routes: [{ to: "http://10.0.0.1:80" }]
            """);
    }

    public Proxy Proxy { get; }

    public OriginServer Origin => Proxy.Origin;

    /// <summary>Requests that the origin got and did not answer yet.</summary>
    public int AskedCount => Origin.Connections.Sum(connection => connection.Received.Split("HTTP/1.1\r\n").Length - 1);

    public Peer Client(string name = "a")
    {
        if (!_clients.TryGetValue(name, out Peer? client))
        {
            _clients[name] = client = Proxy.Connect();
        }

        return client;
    }

    /// <summary>A client asks; "GET /" or "GET /|Header: value".</summary>
    public void Ask(string request = "GET /", string client = "a")
    {
        string[] lines = Lines(request);
        Client(client).SendHead([lines[0] + " HTTP/1.1", "Host: a.test", .. lines[1..]]);
    }

    /// <summary>The next request at the origin.</summary>
    public Message Asked() => Origin.Next().TakeRequest();

    /// <summary>The origin answers what it was asked last.</summary>
    public void Answer(string response, string content = "", int status = 200)
    {
        Peer peer = Origin.Connections.Last(connection => !connection.IsClosed);
        peer.Answer(Proxy, content, [$"HTTP/1.1 {status.ToString(CultureInfo.InvariantCulture)} X", .. Lines(response)]);
    }

    /// <summary>The origin answers with a head alone.</summary>
    public void AnswerHead(string response, int status = 200)
    {
        Peer peer = Origin.Connections.Last(connection => !connection.IsClosed);
        peer.SendHead([$"HTTP/1.1 {status.ToString(CultureInfo.InvariantCulture)} X", .. Lines(response)]);
        Proxy.Run();
    }

    /// <summary>A whole exchange that the origin answers.</summary>
    public Message Miss(string response, string content = "content", string request = "GET /", int status = 200)
    {
        Ask(request);
        Origin.Last.TakeRequest();
        Answer(response, content, status);
        return Client().TakeResponse(request.StartsWith("HEAD", StringComparison.Ordinal));
    }

    /// <summary>A whole exchange that the cache answers by itself.</summary>
    public Message Hit(string request = "GET /", string client = "a")
    {
        Ask(request, client);
        AskedCount.ShouldBe(0, "The origin was asked.");
        return Client(client).TakeResponse(request.StartsWith("HEAD", StringComparison.Ordinal));
    }

    /// <summary>Whether the next request is answered without the origin; if not, the origin answers "new".</summary>
    public bool IsHit(string request = "GET /")
    {
        // A new client: idle ones may have been closed meanwhile.
        string client = $"asker {_clients.Count}";
        Ask(request, client);
        bool isHit = AskedCount == 0;
        if (!isHit)
        {
            Peer peer = Origin.Connections.First(connection => connection.Received.Length > 0);
            peer.TakeRequest();
            peer.Answer(Proxy, "new", "HTTP/1.1 200 OK", "Cache-Control: no-store");
        }

        Client(client).TakeResponse(request.StartsWith("HEAD", StringComparison.Ordinal));
        return isHit;
    }

    public void Advance(int seconds) => Proxy.Advance(seconds * 1000, 1000);

    public string Date(int fromNow) =>
        DateTimeOffset.FromUnixTimeMilliseconds(Proxy.Loop.UnixMs).AddSeconds(fromNow).ToString("R", CultureInfo.InvariantCulture);

    public void Dispose() => Proxy.Dispose();

    private string[] Lines(string text) =>
    [
        .. Regex.Replace(
                text, @"\{(-?\d+)\}", match => Date(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)), RegexOptions.None, TimeSpan.FromSeconds(1))
            .Split('|', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
    ];
}
