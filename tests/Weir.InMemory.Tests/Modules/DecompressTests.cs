using System.IO.Compression;
using System.Text;
using Weir.Codings;
using Weir.Codings.Compression;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Modules;

/// <summary>Proves `decompress`: what reaches the origin, and what never does.</summary>
public sealed class DecompressTests
{
    [Theory]
    [InlineData("gzip")]
    [InlineData("br")]
    [InlineData("deflate")]
    [InlineData("zstd")]
    public void Content_reaches_the_origin_inflated(string coding)
    {
        using Proxy proxy = new(Yaml("decompress"));
        string text = new('a', 50_000);
        Peer client = Post(proxy, coding, Pack(coding, text), "Content-Digest: sha-256=:x:");
        Message request = proxy.Origin.Take();
        request.Body.ShouldBe(text);
        request["Content-Encoding"].ShouldBeNull();
        request["Content-Digest"].ShouldBeNull();
        request["Content-Length"].ShouldBeNull();
        request.IsChunked.ShouldBeTrue();
        proxy.Origin.Answer(proxy, "ok");
        client.TakeResponse().Status.ShouldBe(200);
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("exi")]
    [InlineData("gzip, exi")]
    [InlineData("gzip, gzip")]
    [InlineData("br")]
    public void Another_coding_or_too_many_are_refused_with_what_is_accepted(string coding)
    {
        using Proxy proxy = new(Yaml("decompress: { codings: [gzip, zstd] }"));
        Message answer = Post(proxy, coding, "x").TakeResponse();
        answer.Status.ShouldBe(415);
        answer["Accept-Encoding"].ShouldBe("gzip, zstd");
        proxy.Origin.Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    [Fact]
    public void Layers_are_taken_off_in_their_order()
    {
        using Proxy proxy = new(Yaml("decompress: { max_layers: 2 }"));
        Post(proxy, "br, identity, gzip", Pack("gzip", Pack("br", "hello")));
        proxy.Origin.Take().Body.ShouldBe("hello");
        proxy.Origin.Answer(proxy, "ok");
        proxy.AssertClean();
    }

    [Theory]
    [InlineData("max_ratio: 20", 4_000_000)]
    [InlineData("max_size: 100KiB, max_ratio: 100000", 150_000)]
    public void A_bomb_ends_with_413_and_is_never_taken_for_whole(string options, int octets)
    {
        using Proxy proxy = new(Yaml($"decompress: {{ {options} }}"));
        foreach (string coding in (string[])["gzip", "br", "deflate", "zstd"])
        {
            Peer client = Post(proxy, coding, Pack(coding, new string('\0', octets)));
            client.TakeResponse().Status.ShouldBe(413);
            proxy.Origin.Last.TryTake(isResponse: false, isHead: false, out _).ShouldBeFalse();
            proxy.Origin.Last.IsClosed.ShouldBeTrue();
        }

        proxy.AssertClean();
    }

    [Fact]
    public void Broken_content_ends_with_400()
    {
        using Proxy proxy = new(Yaml("decompress"));
        string packed = Pack("gzip", new string('a', 1000));
        Post(proxy, "gzip", packed[..^4]).TakeResponse().Status.ShouldBe(400);
        Post(proxy, "gzip", "no gzip at all").TakeResponse().Status.ShouldBe(400);
        proxy.AssertClean();
    }

    [Fact]
    public void Without_the_module_the_origin_gets_what_the_client_sent()
    {
        using Proxy proxy = new(Yaml("security_headers"));
        string packed = Pack("gzip", "hello");
        Post(proxy, "gzip", packed);
        Message request = proxy.Origin.Take();
        request.Body.ShouldBe(packed);
        request["Content-Encoding"].ShouldBe("gzip");
        proxy.Origin.Answer(proxy, "ok");
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

    private static Peer Post(Proxy proxy, string coding, string content, params string[] fields)
    {
        Peer client = proxy.Connect();
        client.SendHead(["POST / HTTP/1.1", "Host: a.test", $"Content-Encoding: {coding}", $"Content-Length: {content.Length}", .. fields]);
        client.Send(content);
        return client;
    }

    private static string Pack(string coding, string text)
    {
        if (coding == "zstd")
        {
            using Compressor filter = Compressor.TryMake(ContentCoding.Zstd, 3, isFlushing: false, new EncoderMemory(1L << 30))!;
            byte[] output = new byte[100_000];
            filter.Transform(Encoding.Latin1.GetBytes(text), output, out _, out int written, isEnd: true);
            return Encoding.Latin1.GetString(output, 0, written);
        }

        using MemoryStream packed = new();
        using (Stream stream = coding switch
        {
            "gzip" => new GZipStream(packed, CompressionLevel.Optimal, leaveOpen: true),
            "deflate" => new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true),
            _ => new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true),
        })
        {
            stream.Write(Encoding.Latin1.GetBytes(text));
        }

        return Encoding.Latin1.GetString(packed.ToArray());
    }
}
