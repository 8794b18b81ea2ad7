using System.IO.Compression;
using System.Text;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Origins;

/// <summary>Proves `compress_requests`: content on its way to the servers of an upstream.</summary>
public sealed class CompressRequestsTests
{
    private const string Yaml = """
        listen: [":8080"]
        upstreams:
          app:
            servers: ["http://10.0.0.1:80", "http://10.0.0.2:80"]
            balance: round_robin
            compress_requests: gzip
            retry: { attempts: 2, on: [503] }
        sites:
          a.test: app
        """;

    private static readonly string _text = string.Concat(Enumerable.Range(0, 400).Select(i => $"{{\"line\": {i}}}\n"));

    [Fact]
    public void Text_is_compressed()
    {
        using Proxy proxy = new(Yaml);
        Peer client = Send(proxy, "POST", _text, "Content-Type: application/json", "Content-Digest: sha-256=:x:");
        Message request = proxy.ServersByName.Values.Single(server => server.Connections.Count > 0).Take();
        request["Content-Encoding"].ShouldBe("gzip");
        request["Content-Length"].ShouldBeNull();
        request["Content-Digest"].ShouldBeNull();
        Inflate(request.Body).ShouldBe(_text);
        request.Body.Length.ShouldBeLessThan(_text.Length / 3);
        Serve(proxy);
        client.TakeResponse().Status.ShouldBe(200);
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("Content-Type: image/png")]
    [InlineData("Content-Type: text/plain", "Content-Encoding: br")]
    [InlineData("Content-Type: text/plain", "Cache-Control: no-transform")]
    [InlineData("X-None: of them")]
    public void What_must_not_be_is_not_compressed(params string[] fields)
    {
        using Proxy proxy = new(Yaml);
        Send(proxy, "POST", _text, fields);
        Message request = proxy.ServersByName.Values.Single(server => server.Connections.Count > 0).Take();
        request.Body.ShouldBe(_text);
        request["Content-Length"].ShouldBe($"{_text.Length}");
        Serve(proxy);
        proxy.AssertClean();
    }

    [Fact]
    public void Small_content_goes_as_it_is()
    {
        using Proxy proxy = new(Yaml);
        Send(proxy, "POST", "small", "Content-Type: text/plain");
        proxy.ServersByName.Values.Single(server => server.Connections.Count > 0).Take().Body.ShouldBe("small");
        Serve(proxy);
        proxy.AssertClean();
    }

    [Fact]
    public void What_is_sent_again_is_what_was_sent_first()
    {
        using Proxy proxy = new(Yaml);
        Peer client = Send(proxy, "PUT", _text, "Content-Type: text/plain");
        OriginServer first = proxy.ServersByName.Values.Single(server => server.Connections.Count > 0);
        string sent = first.Take().Body;
        first.Answer(proxy, "", "HTTP/1.1 503 Service Unavailable");
        OriginServer second = proxy.ServersByName.Values.Single(server => server != first);
        Message again = second.Take();
        again.Body.ShouldBe(sent);
        again["Content-Encoding"].ShouldBe("gzip");
        Inflate(again.Body).ShouldBe(_text);
        second.Answer(proxy, "ok");
        client.TakeResponse().Status.ShouldBe(200);
        proxy.AssertClean();
    }

    private static Peer Send(Proxy proxy, string method, string content, params string[] fields)
    {
        Peer client = proxy.Connect();
        client.SendHead([$"{method} / HTTP/1.1", "Host: a.test", $"Content-Length: {content.Length}", .. fields]);
        client.Send(content);
        return client;
    }

    private static void Serve(Proxy proxy) =>
        proxy.ServersByName.Values.Single(server => server.Connections.Count > 0).Answer(proxy, "ok");

    private static string Inflate(string packed)
    {
        using StreamReader reader = new(
            new GZipStream(new MemoryStream(Encoding.Latin1.GetBytes(packed)), CompressionMode.Decompress), Encoding.Latin1);
        return reader.ReadToEnd();
    }
}
