using System.Globalization;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Modules;

/// <summary>
/// Proves that `access` decides about the path that is routed, cached and forwarded: however /admin is spelled, whoever is kept out of it
/// never reaches the server.
/// </summary>
public sealed class SpellingTests
{
    private const string Yaml = """
        listen: [{ address: ":8080", protocols: [h1, h2] }]
        sites:
          "*":
            ignore_case: IGNORES
            routes:
              - path: /admin/*
                stack: [{ access: { deny: [0.0.0.0/0] } }, cache]
                to: http://10.0.0.1:80
              - { stack: [cache], to: "http://10.0.0.1:80" }
        """;

    private uint _client = 0x0A000000;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Five_hundred_spellings_never_reach_the_server(bool ignoresCase)
    {
        using Proxy proxy = new(Yaml.Replace("IGNORES", ignoresCase ? "true" : "false", StringComparison.Ordinal));
        string[] spellings = [.. Spellings(ignoresCase).Distinct(StringComparer.Ordinal)];
        spellings.Length.ShouldBeGreaterThan(500);
        foreach (string spelling in spellings)
        {
            Refused(proxy, spelling, "GET " + spelling + " HTTP/1.1");
        }

        foreach (string spelling in spellings.Take(100))
        {
            Refused(proxy, spelling, "GET http://a.test" + spelling + " HTTP/1.1");
            Refused(proxy, spelling, "GET HTTP://A.test:80" + spelling + "?q HTTP/1.1");
        }

        proxy.AssertClean();
    }

    [Fact]
    public void Spellings_over_http2_never_reach_the_server()
    {
        using Proxy proxy = new(Yaml.Replace("IGNORES", "true", StringComparison.Ordinal));
        foreach (string spelling in Spellings(ignoresCase: true).Distinct(StringComparer.Ordinal).Where((_, index) => index % 4 == 0))
        {
            Http2Peer client = new(proxy);
            client.Request(1, Http2Peer.Fields(path: spelling));
            client.TakeAll().ShouldNotBeEmpty(spelling);
            proxy.Origin.Connections.ShouldBeEmpty(spelling);
        }
    }

    // Each from an address of its own: one client may not have a thousand connections.
    private void Refused(Proxy proxy, string spelling, string line)
    {
        Peer client = proxy.Connect(++_client);
        client.SendHead(line, "Host: a.test");
        Message answer = client.TakeResponse();
        answer.Status.ShouldBeOneOf(400, 403);
        proxy.Origin.Connections.ShouldBeEmpty(spelling);
    }

    private static IEnumerable<string> Spellings(bool ignoresCase)
    {
        // Every way to encode some of the letters, in both cases of the digits.
        List<string> names = [];
        for (int mask = 0; mask < 32; mask++)
        {
            names.Add(Encode("admin", mask, "x2"));
            names.Add(Encode("admin", mask, "X2"));
            if (ignoresCase)
            {
                names.Add(Encode("ADMIN", mask, "X2"));
                names.Add(Encode("aDmIn", mask, "x2"));
            }
        }

        string[] tails = ["", "/", "/users", "/x/../y", "/%2e/", "/./.", "?a=/../b"];
        foreach (string name in names)
        {
            foreach (string tail in tails)
            {
                yield return "/" + name + tail;
            }
        }

        string[] heads =
        [
            "/.", "/./.", "/x/..", "/x/y/../..", "/%2e", "/%2E", "/x/%2e%2e", "/x/%2E.", "/x/.%2e", "/a/b/c/../../..", "/%78/..", "/x/./..", "/./x/../.", "/.%2F..",
            "/x%2F..", "/x%2f..", "/x%5C..", "/x\\..", "//", "///", "/.//", "/%2F", "/;a", "/x;/..", "/..;/", "/.;/", "/;/", "/%2f%2F",
        ];
        foreach (string head in heads)
        {
            foreach (string name in names.Where((_, index) => index % 9 == 0))
            {
                yield return head.TrimEnd('/') + "/" + name;
                yield return head.TrimEnd('/') + "/" + name + "/users";
            }
        }

        foreach (string parameter in new[] { ";", ";a=b", ";a/users", "%2Fusers", "%2fusers", "//users", ";/..;/admin", "%3b", "%00", "%09", "%5cusers" })
        {
            yield return "/admin" + parameter;
        }
    }

    private static string Encode(string name, int mask, string digits) => string.Concat(name.Select((letter, index) =>
        (mask & (1 << index)) == 0 ? letter.ToString() : "%" + ((int)letter).ToString(digits, CultureInfo.InvariantCulture)));
}
