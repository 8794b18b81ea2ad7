using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Modules;

/// <summary>Proves what clients, origins and caches see of `challenge`.</summary>
public sealed partial class ChallengeTests
{
    [Fact]
    public void The_example_of_the_readme_does_what_it_says()
    {
        using Proxy proxy = new(Site(Example()));
        string[] browser = ["Accept: text/html", "Accept-Language: en", "User-Agent: Mozilla/5.0"];
        Served(proxy, "GET / HTTP/1.1", browser);
        Served(proxy, "GET / HTTP/1.1", "User-Agent: Mozilla/5.0");
        Refused(proxy, "GET / HTTP/1.0", browser).Body.ShouldContain("data-bits=\"17\"");
        Refused(proxy, "GET / HTTP/1.1", "User-Agent: Python/3", "Accept: text/html").Body.ShouldContain("data-bits=\"20\"");
        Served(proxy, "GET /robots.txt HTTP/1.0");
        Message page = Refused(proxy, "GET /login?next=//evil.example/ HTTP/1.1", browser);
        page.Status.ShouldBe(429);
        page["Cache-Control"].ShouldBe("no-store");
        page["Location"].ShouldBeNull();
        page.Body.ShouldNotContain("evil");
        proxy.Ended.ErrorDetail.ShouldBe("challenge: when");
        string pass = Pass(proxy, "/login", 17);
        Served(proxy, "GET /login HTTP/1.1", [.. browser, "Cookie: x=y; " + pass])["Cookie"].ShouldBe("x=y");
        Served(proxy, "POST /login HTTP/1.1", [.. browser, "Content-Length: 0", "Cookie: " + pass])["Cookie"].ShouldBeNull();
        Refused(proxy, "POST /login HTTP/1.1", [.. browser, "Content-Length: 0"]).Body.ShouldContain("was not sent");
        proxy.AssertClean();
    }

    [Fact]
    public void Who_asks_for_no_page_gets_the_error_page_of_429()
    {
        using Proxy proxy = new(Site("- challenge: { always: true }"));
        Message json = Refused(proxy, "GET /api HTTP/1.1", "Accept: application/json");
        json.Status.ShouldBe(429);
        json["Content-Type"].ShouldBe("application/json");
        json["Cache-Control"].ShouldBe("no-store");
        json["Proxy-Status"]!.ShouldEndWith("error=http_request_denied");
        json["Set-Cookie"].ShouldBeNull();
        proxy.AssertClean();
    }

    [Fact]
    public void A_cache_stores_neither_page_nor_pass_wherever_it_stands()
    {
        using Proxy proxy = new(Site("- cache: { acknowledge_order: true }\n- challenge: { always: true, difficulty: 4 }\n- cache"));
        Message page = Refused(proxy, "GET /a HTTP/1.1", "Accept: text/html");
        page["Set-Cookie"].ShouldNotBeNull();
        Message again = Refused(proxy, "GET /a HTTP/1.1", "Accept: text/html");
        again["Set-Cookie"].ShouldNotBe(page["Set-Cookie"]);
        again["Age"].ShouldBeNull();
        string pass = Pass(proxy, "/a", 4);
        string other = Pass(proxy, "/a", 4);
        other.ShouldNotBe(pass);
        Served(proxy, "GET /a HTTP/1.1", "Accept: text/html", "Cookie: " + pass);
        proxy.AssertClean();
    }

    [Fact]
    public void An_answer_with_content_and_one_over_HTTP10_end_in_order()
    {
        using Proxy proxy = new(Site("- challenge: { always: true, difficulty: 4 }"));
        Peer client = proxy.Connect();
        client.SendHead("POST /a HTTP/1.1", "Host: a.test", "Weir-Challenge: 4", "Content-Length: 5");
        client.Send("hello");
        client.TakeResponse()["Weir-Challenge"]!.Length.ShouldBe(43);
        Refused(proxy, "GET /a HTTP/1.0", "Weir-Challenge: x").Status.ShouldBe(429);
        Refused(proxy, "GET /a HTTP/1.1", "Weir-Challenge: 4", "Weir-Challenge: 4").Status.ShouldBe(204);
        proxy.AssertClean();
    }

    [Fact]
    public void A_bot_that_signs_by_Ed25519_passes_and_one_that_copies_it_elsewhere_does_not()
    {
        // The key of RFC 8037 appendix A, named by its thumbprint (appendix A.3).
        string folder = Directory.CreateTempSubdirectory("weir-bot-").FullName;
        string keys = Path.Combine(folder, "keys.json");
        File.WriteAllText(keys, """{"keys":[{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}]}""");
        using Proxy proxy = new(Site($"- challenge: {{ always: true, signed_bots: [{{ name: bot, keys_file: {keys} }}] }}"));
        string[] signed =
        [
            "Signature-Input: sig1=(\"@authority\" \"@path\");created=1763715600;keyid=\"kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k\";"
                + "alg=\"ed25519\";tag=\"web-bot-auth\"",
            "Signature: sig1=:odtIOQIeTs0OMx4dO1ZMeeTU+rCcmE8ZNKGtspjl8Bu1irRlHGdVI15V2gf9VzcheZwah0UEbGaAUKXtrHKbAQ==:",
        ];
        Served(proxy, "GET /a HTTP/1.1", signed);
        Refused(proxy, "GET /b HTTP/1.1", signed).Status.ShouldBe(429);
        proxy.AssertClean();
        Directory.Delete(folder, recursive: true);
    }

    private static string Pass(Proxy proxy, string path, int bits)
    {
        string given = Refused(proxy, $"GET {path} HTTP/1.1", "Weir-Challenge: " + bits.ToString(CultureInfo.InvariantCulture))["Weir-Challenge"]!;
        for (long number = 0; ; number++)
        {
            string answer = string.Create(CultureInfo.InvariantCulture, $"{given[..40]}:{number}");
            byte[] hash = SHA256.HashData(Encoding.ASCII.GetBytes(answer));
            if ((uint)((hash[0] << 24) | (hash[1] << 16) | (hash[2] << 8) | hash[3]) >> (32 - bits) == 0)
            {
                Message taken = Refused(proxy, $"GET {path} HTTP/1.1", "Weir-Challenge: " + answer);
                taken.Status.ShouldBe(204);
                return taken["Set-Cookie"]!.Split(';')[0];
            }
        }
    }

    private static Message Refused(Proxy proxy, string first, params string[] lines) => Send(proxy, first, lines).TakeResponse();

    private static Message Served(Proxy proxy, string first, params string[] lines)
    {
        Peer client = Send(proxy, first, lines);
        Message request = proxy.Origin.Take();
        proxy.Origin.Answer(proxy, "hello");
        client.TakeResponse().Body.ShouldBe("hello");
        return request;
    }

    private static Peer Send(Proxy proxy, string first, string[] lines)
    {
        Peer client = proxy.Connect();
        client.SendHead([first, "Host: a.test", .. lines]);
        return client;
    }

    private static string Site(string stack) => $"""
        listen: [":8080"]
        sites:
          "*":
            stack:
              {stack.ReplaceLineEndings("\n      ")}
            to: http://10.0.0.1:80
        """;

    private static string Example()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(Path.Combine(folder, "Weir.slnx")))
        {
            folder = Path.GetDirectoryName(folder);
        }

        string page = File.ReadAllText(Path.Combine(folder!, "src", "Weir.Modules", "Challenge", "README.md"));
        return YamlBlock().Match(page).Groups[1].Value.TrimEnd();
    }

    [GeneratedRegex("(?ms)^```yaml\n(.*?)^```")]
    private static partial Regex YamlBlock();
}
