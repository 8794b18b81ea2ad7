using System.IO.Compression;
using System.Text;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Modules;

/// <summary>Proves `compress`: RFC 9110 sections 8.4 and 12.5.3, and what changes beside the content.</summary>
public sealed class CompressTests
{
    private const string Page = "text/html; charset=utf-8";

    private static readonly string _text = string.Concat(Enumerable.Range(0, 500).Select(i => $"<p>line {i} of some page</p>\n"));

    [Theory]
    [InlineData("gzip, deflate, br, zstd", "zstd")]
    [InlineData("gzip, br", "gzip")]
    [InlineData("gzip;q=0.5, br", "br")]
    [InlineData("gzip", "gzip")]
    [InlineData("br;q=0.5, gzip", "gzip")]
    public void A_page_is_compressed_as_the_client_likes_best(string accepted, string coding)
    {
        using Proxy proxy = new(Yaml("compress"));
        Message answer = Ask(
            proxy, accepted, _text, $"Content-Type: {Page}", "ETag: \"abc\"", "Accept-Ranges: bytes", "Content-Digest: sha-256=:x:");
        answer["Content-Encoding"].ShouldBe(coding);
        answer["Vary"].ShouldBe("Accept-Encoding");
        answer["Content-Length"].ShouldBeNull();
        answer["Accept-Ranges"].ShouldBeNull();
        answer["Content-Digest"].ShouldBeNull();
        answer["ETag"].ShouldBe("W/\"abc\"");
        answer.Body.Length.ShouldBeLessThan(_text.Length / 3);
        if (coding != "zstd")
        {
            Inflate(coding, answer.Body).ShouldBe(_text);
        }

        proxy.AssertClean();
    }

    [Theory]
    [InlineData("gzip", "X-Sum: 1\r\n")]
    [InlineData("identity", "X-Sum: 1\r\nContent-Digest: sha-256=:x:\r\nRepr-Digest: sha-256=:x:\r\n")]
    public void A_digest_behind_the_content_goes_where_the_content_is_changed(string accepted, string trailers)
    {
        using Proxy proxy = new(Yaml("compress"));
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test", "TE: trailers", "Connection: TE", $"Accept-Encoding: {accepted}");
        proxy.Origin.Take();
        proxy.Origin.Answer(
            proxy, $"{_text.Length:x}\r\n{_text}\r\n0\r\nX-Sum: 1\r\nContent-Digest: sha-256=:x:\r\nRepr-Digest: sha-256=:x:\r\n\r\n",
            "HTTP/1.1 200 OK", "Transfer-Encoding: chunked", $"Content-Type: {Page}");
        Message answer = client.TakeResponse();
        answer["Content-Encoding"].ShouldBe(accepted == "gzip" ? "gzip" : null);
        answer.Trailers.ShouldBe(trailers);
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("identity", "Content-Type: text/html")]
    [InlineData("gzip;q=0", "Content-Type: text/html")]
    [InlineData(null, "Content-Type: text/html")]
    public void A_client_that_accepts_nothing_gets_the_page_as_it_is_and_caches_are_told(string? accepted, string type)
    {
        using Proxy proxy = new(Yaml("compress"));
        Message answer = Ask(proxy, accepted, _text, type, "ETag: \"abc\"");
        answer.Body.ShouldBe(_text);
        answer["Content-Encoding"].ShouldBeNull();
        answer["Vary"].ShouldBe("Accept-Encoding");
        answer["ETag"].ShouldBe("\"abc\"");
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("image/png")]
    [InlineData("application/octet-stream")]
    [InlineData("")]
    [InlineData("text/html", "Cache-Control: private, no-transform")]
    [InlineData("text/html", "Content-Encoding: exi")]
    [InlineData("text/html", "Content-Encoding: gzip")]
    public void What_must_not_be_compressed_is_left_alone(string type, params string[] fields)
    {
        using Proxy proxy = new(Yaml("compress"));
        Message answer = Ask(
            proxy, "gzip", _text, [.. type.Length == 0 ? [] : new[] { $"Content-Type: {type}" }, .. fields, "ETag: \"abc\""]);
        answer.Body.ShouldBe(_text);
        answer["Content-Length"].ShouldBe($"{_text.Length}");
        answer["ETag"].ShouldBe("\"abc\"");
        proxy.AssertClean();
    }

    [Fact]
    public void Small_content_and_parts_are_left_alone()
    {
        using Proxy proxy = new(Yaml("compress"));
        Ask(proxy, "gzip", new string('x', 1023), "Content-Type: text/plain")["Content-Encoding"].ShouldBeNull();
        Ask(proxy, "gzip", new string('x', 1024), "Content-Type: text/plain")["Content-Encoding"].ShouldBe("gzip");
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test", "Accept-Encoding: gzip", "Range: bytes=0-1999");
        proxy.Origin.Take();
        proxy.Origin.Answer(
            proxy, new string('x', 2000), "HTTP/1.1 206 Partial Content", "Content-Type: text/plain", "Content-Range: bytes 0-1999/9999");
        client.TakeResponse()["Content-Encoding"].ShouldBeNull();
        proxy.AssertClean();
    }

    [Fact]
    public void Head_says_what_get_would_have_said()
    {
        using Proxy proxy = new(Yaml("compress"));
        Peer client = proxy.Connect();
        client.SendHead("HEAD / HTTP/1.1", "Host: a.test", "Accept-Encoding: gzip");
        proxy.Origin.Take();
        proxy.Origin.Last.SendHead("HTTP/1.1 200 OK", "Content-Type: text/css", "Content-Length: 50000", "ETag: \"abc\"");
        proxy.Run();
        Message answer = client.TakeResponse(isHead: true);
        answer["Content-Encoding"].ShouldBe("gzip");
        answer["Content-Length"].ShouldBeNull();
        answer["ETag"].ShouldBe("W/\"abc\"");
        client.ExpectNothing();
        proxy.AssertClean();
    }

    [Fact]
    public void A_304_names_the_tag_as_the_client_knows_it()
    {
        using Proxy proxy = new(Yaml("compress"));
        foreach ((string held, string expected) in ((string, string)[])[("W/\"abc\"", "W/\"abc\""), ("\"x\", W/\"abc\"", "W/\"abc\""), ("\"abc\"", "\"abc\"")])
        {
            Peer client = proxy.Connect();
            client.SendHead("GET / HTTP/1.1", "Host: a.test", "Accept-Encoding: gzip", $"If-None-Match: {held}");
            proxy.Origin.Take()["If-None-Match"].ShouldBe(held);
            proxy.Origin.Last.SendHead("HTTP/1.1 304 Not Modified", "ETag: \"abc\"");
            proxy.Run();
            client.TakeResponse()["ETag"].ShouldBe(expected);
        }

        proxy.AssertClean();
    }

    [Fact]
    public void Vary_keeps_what_it_says()
    {
        using Proxy proxy = new(Yaml("compress"));
        Ask(proxy, "gzip", _text, "Content-Type: text/css", "Vary: Origin")["Vary"].ShouldBe("Origin, Accept-Encoding");
        Ask(proxy, "gzip", _text, "Content-Type: text/css", "Vary: accept-encoding, Origin")["Vary"].ShouldBe("accept-encoding, Origin");
        Ask(proxy, "gzip", _text, "Content-Type: text/css", "Vary: *")["Vary"].ShouldBe("*");
        proxy.AssertClean();
    }

    [Fact]
    public void A_request_with_a_session_is_not_compressed_where_that_is_asked_for()
    {
        using Proxy proxy = new(Yaml("compress: { not_with_cookie: [sid] }"));
        Ask(proxy, "gzip", _text, ["Content-Type: text/css"], "Cookie: a=b; sid=1")["Content-Encoding"].ShouldBeNull();
        Ask(proxy, "gzip", _text, ["Content-Type: text/css"], "Cookie: a=b; sidx=1")["Content-Encoding"].ShouldBe("gzip");
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    public void Each_event_of_a_stream_arrives_when_it_was_sent(string coding)
    {
        using Proxy proxy = new(Yaml("compress"));
        Peer client = proxy.Connect();
        client.SendHead("GET /events HTTP/1.1", "Host: a.test", $"Accept-Encoding: {coding}");
        proxy.Origin.Take();
        proxy.Origin.Last.SendHead("HTTP/1.1 200 OK", "Content-Type: text/event-stream", "Transfer-Encoding: chunked");
        proxy.Run();
        string head = client.TakeAll();
        head.ShouldContain($"Content-Encoding: {coding}");
        string packed = "";
        string sent = "";
        for (int i = 0; i < 4; i++)
        {
            string data = $"data: {i}\n\n";
            sent += data;
            proxy.Origin.Last.Send($"{data.Length:x}\r\n{data}\r\n");
            proxy.Run();
            packed += Unchunk(client.TakeAll());
            InflateSoFar(coding, packed).ShouldBe(sent);
        }

        proxy.Origin.Last.Send("0\r\n\r\n");
        proxy.Run();
        Inflate(coding, packed + Unchunk(client.TakeAll())).ShouldBe(sent);
        proxy.AssertClean();
    }

    [Fact]
    public void A_client_that_leaves_gives_the_encoder_back()
    {
        // Room for one encoder.
        using Proxy proxy = new(Yaml("compress: { codings: [br], br: 11, memory: 8MiB }"));
        for (int i = 0; i < 5; i++)
        {
            Peer leaving = Begin(proxy);
            leaving.TakeAll().ShouldContain("Content-Encoding: br");

            // As long as it is there, the next one is served as it is.
            Peer plain = Begin(proxy);
            plain.TakeAll().ShouldNotContain("Content-Encoding");
            plain.Reset();
            leaving.Reset();
            proxy.Run();
        }

        proxy.AssertClean();
    }

    [Fact]
    public void Content_that_the_client_cannot_read_is_inflated()
    {
        using Proxy proxy = new(Yaml("compress"));
        Message answer = Ask(proxy, "identity", Gzip(_text), "Content-Type: text/html", "Content-Encoding: gzip", "ETag: \"abc\"");
        answer.Body.ShouldBe(_text);
        answer["Content-Encoding"].ShouldBeNull();
        answer["Vary"].ShouldBe("Accept-Encoding");
        answer["ETag"].ShouldBe("W/\"abc\"");
        Ask(proxy, null, Gzip(_text), "Content-Type: text/html", "Content-Encoding: gzip")["Content-Encoding"].ShouldBe("gzip");
        proxy.AssertClean();
    }

    [Fact]
    public void Broken_content_of_the_origin_is_never_taken_for_whole()
    {
        using Proxy proxy = new(Yaml("compress"));
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test", "Accept-Encoding: identity");
        proxy.Origin.Take();
        proxy.Origin.Answer(proxy, Gzip(_text)[..200], "HTTP/1.1 200 OK", "Content-Type: text/html", "Content-Encoding: gzip");
        client.TryTake(isResponse: true, isHead: false, out _).ShouldBeFalse();
        client.IsClosed.ShouldBeTrue();
        proxy.AssertClean();
    }

    [Fact]
    public void Levels_are_chosen_by_type_and_length()
    {
        using Proxy proxy = new(Yaml("compress: { codings: [gzip], gzip: 9, levels: [{ types: [text/css], from: 5KiB, gzip: 1 }] }"));
        int best = Ask(proxy, "gzip", _text, "Content-Type: text/html").Body.Length;
        Ask(proxy, "gzip", _text, "Content-Type: text/css").Body.Length.ShouldBeGreaterThan(best);
        proxy.AssertClean();
    }

    [Fact]
    public void A_slow_reader_of_a_large_page_gets_all_of_it()
    {
        using Proxy proxy = new(Yaml("compress: [gzip]"));
        Random random = new(3);
        string large = string.Concat(Enumerable.Range(0, 40_000).Select(_ => $"{random.Next():x} "));
        Peer client = proxy.Connect();
        client.Connection.OpenWindow(1000);
        client.SendHead("GET / HTTP/1.1", "Host: a.test", "Accept-Encoding: gzip");
        proxy.Origin.Take();
        proxy.Origin.Answer(proxy, large, "HTTP/1.1 200 OK", "Content-Type: text/plain");
        for (int i = 0; i < 1000 && !client.Received.EndsWith("0\r\n\r\n", StringComparison.Ordinal); i++)
        {
            client.Connection.OpenWindow(1000);
            proxy.Run();
        }

        Inflate("gzip", client.TakeResponse().Body).ShouldBe(large);
        proxy.AssertClean();
    }

    private static string Yaml(string module) => $$"""
        listen: [":8080"]
        sites:
          a.test:
            stack:
              - {{module}}
            to: http://10.0.0.1:80
        """;

    private static Message Ask(Proxy proxy, string? accepted, string content, params string[] fields) =>
        Ask(proxy, accepted, content, fields, []);

    private static Message Ask(Proxy proxy, string? accepted, string content, string[] fields, params string[] asked)
    {
        Peer client = proxy.Connect();
        client.SendHead(["GET / HTTP/1.1", "Host: a.test", .. accepted is null ? [] : new[] { $"Accept-Encoding: {accepted}" }, .. asked]);
        proxy.Origin.Take();
        proxy.Origin.Answer(proxy, content, ["HTTP/1.1 200 OK", .. fields]);
        return client.TakeResponse();
    }

    private static Peer Begin(Proxy proxy)
    {
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test", "Accept-Encoding: br");
        proxy.Origin.Take();
        proxy.Origin.Last.SendHead("HTTP/1.1 200 OK", "Content-Type: text/html", "Content-Length: 100000");
        proxy.Origin.Last.Send(_text);
        proxy.Run();
        return client;
    }

    private static string Gzip(string text)
    {
        using MemoryStream packed = new();
        using (GZipStream stream = new(packed, CompressionLevel.Optimal, leaveOpen: true))
        {
            stream.Write(Encoding.Latin1.GetBytes(text));
        }

        return Encoding.Latin1.GetString(packed.ToArray());
    }

    private static Stream Decoder(string coding, string packed)
    {
        MemoryStream source = new(Encoding.Latin1.GetBytes(packed));
        return coding == "gzip" ? new GZipStream(source, CompressionMode.Decompress) : new BrotliStream(source, CompressionMode.Decompress);
    }

    private static string Inflate(string coding, string packed)
    {
        using StreamReader reader = new(Decoder(coding, packed), Encoding.Latin1);
        return reader.ReadToEnd();
    }

    private static string InflateSoFar(string coding, string packed)
    {
        using Stream decoder = Decoder(coding, packed);
        byte[] read = new byte[10_000];
        int count = 0;
        try
        {
            for (int octet = decoder.ReadByte(); octet >= 0; octet = decoder.ReadByte())
            {
                read[count++] = (byte)octet;
            }
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidOperationException)
        {
            // It has not ended, and is not meant to.
        }

        return Encoding.Latin1.GetString(read, 0, count);
    }

    private static string Unchunk(string text)
    {
        string octets = "";
        while (text.Length > 0)
        {
            int lineEnd = text.IndexOf("\r\n", StringComparison.Ordinal);
            int size = Convert.ToInt32(text[..lineEnd], 16);
            octets += text.Substring(lineEnd + 2, size);
            text = text[(lineEnd + 2 + size + 2)..];
        }

        return octets;
    }
}
