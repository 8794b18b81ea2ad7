using Weir.InMemory.Tests.Harness;
using Weir.Pipeline.Challenges;

namespace Weir.InMemory.Tests.Secure;

/// <summary>Proves that issuers get their answer before anything else, and that what is not theirs reaches the site.</summary>
public sealed class HttpChallengesTests
{
    private const string Yaml = """
        listen: [":8080", { address: ":8443", tls: true }]
        sites:
          a.example: { tls: auto, stack: [{ respond: { status: 200 } }] }
        """;

    [Fact]
    public void A_known_token_is_answered_before_redirects_and_the_stack()
    {
        using Proxy proxy = Ready(new HttpChallenges());
        proxy.Challenges!.Add("token-1_A", "token-1_A.thumb");
        Message answer = Ask(proxy, "GET", "token-1_A");
        (answer.Status, answer.Body, answer["Content-Type"]).ShouldBe((200, "token-1_A.thumb", "application/octet-stream"));
        Message head = Ask(proxy, "HEAD", "token-1_A");
        (head.Status, head["Content-Length"]).ShouldBe((200, "15"));
        proxy.Challenges.Remove("token-1_A");
        Ask(proxy, "GET", "token-1_A").Status.ShouldBe(308);
    }

    [Theory]
    [InlineData("GET", "unknown")]
    [InlineData("POST", "known")]
    [InlineData("GET", "")]
    [InlineData("GET", "known/more")]
    [InlineData("GET", "known%20")]
    public void What_is_no_issuers_question_is_the_sites(string method, string token)
    {
        int looks = 0;
        using Proxy proxy = Ready(
            new HttpChallenges { Elsewhere = asked => Task.FromResult(asked == "known" && ++looks > 0 ? "answer" : null) });
        Ask(proxy, method, token).Status.ShouldBe(308);
        looks.ShouldBe(0);
    }

    [Fact]
    public void A_token_of_another_process_is_answered_when_it_was_found()
    {
        TaskCompletionSource<string?> found = new();
        using Proxy proxy = Ready(new HttpChallenges { Elsewhere = _ => found.Task });
        Peer issuer = proxy.Connect();
        issuer.Send("GET /.well-known/acme-challenge/other HTTP/1.1\r\nHost: a.example\r\n\r\n");
        issuer.ExpectNothing();
        found.SetResult("other.thumb");
        proxy.Run();
        issuer.TakeResponse().Body.ShouldBe("other.thumb");
    }

    [Fact]
    public void Beyond_a_few_looks_at_a_time_nobody_waits()
    {
        TaskCompletionSource<string?> never = new();
        using Proxy proxy = Ready(new HttpChallenges { Elsewhere = _ => never.Task });
        for (int i = 0; i < 16; i++)
        {
            proxy.Connect().Send($"GET /.well-known/acme-challenge/t{i} HTTP/1.1\r\nHost: a.example\r\n\r\n");
        }

        Ask(proxy, "GET", "one-more").Status.ShouldBe(308);
        never.SetResult(null);
        proxy.Run();
    }

    private static Proxy Ready(HttpChallenges challenges)
    {
        Proxy proxy = new(Yaml) { Challenges = challenges };
        proxy.Reload(Yaml);
        return proxy;
    }

    private static Message Ask(Proxy proxy, string method, string token)
    {
        Peer client = proxy.Connect();
        client.Send(
            $"{method} /.well-known/acme-challenge/{token} HTTP/1.1\r\nHost: a.example\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        return client.TakeResponse(isHead: method == "HEAD");
    }
}
