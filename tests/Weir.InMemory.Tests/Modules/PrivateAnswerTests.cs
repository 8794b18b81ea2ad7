using System.Security.Cryptography;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Modules;

/// <summary>Proves that a cache above a module that lets somebody in keeps nothing of it for anybody else.</summary>
public sealed class PrivateAnswerTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-private-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("/", "X-Api-Key: planted-key")]
    [InlineData("/?key=planted-key", "X: y")]
    public void Who_has_no_key_gets_nothing_that_was_let_out_by_one(string target, string field)
    {
        using Proxy proxy = new($$"""
            listen: [":8080"]
            caches: { default: { memory: 16MiB } }
            sites:
              "*": { stack: [{ cache: { acknowledge_order: true } }, { auth_key: { keys_file: {{Keys()}}, query: key } }], to: "http://10.0.0.1:80" }
            """);
        Peer client = proxy.Connect();
        client.SendHead($"GET {target} HTTP/1.1", "Host: a.test", field);
        proxy.Origin.Take();
        proxy.Origin.Last.Answer(proxy, "secret", "HTTP/1.1 200 OK", "Cache-Control: max-age=60", "CDN-Cache-Control: max-age=60");
        Message answer = client.TakeResponse();
        (answer.Body, answer["Cache-Control"], answer["CDN-Cache-Control"]).ShouldBe(("secret", "max-age=60, private", null));

        Peer stranger = proxy.Connect();
        stranger.SendHead($"GET {target.Replace("planted", "other", StringComparison.Ordinal)} HTTP/1.1", "Host: a.test");
        stranger.TakeResponse().Status.ShouldBe(401);
        stranger.SendHead("GET / HTTP/1.1", "Host: a.test");
        stranger.TakeResponse().Status.ShouldBe(401);
        proxy.AssertClean();
    }

    [Fact]
    public void What_the_origin_means_for_all_is_kept_for_all()
    {
        using Proxy proxy = new($$"""
            listen: [":8080"]
            caches: { default: { memory: 16MiB } }
            sites:
              "*": { stack: [{ cache: { acknowledge_order: true } }, { auth_key: { keys_file: {{Keys()}} } }], to: "http://10.0.0.1:80" }
            """);
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test", "X-Api-Key: planted-key");
        proxy.Origin.Take();
        proxy.Origin.Last.Answer(proxy, "for all", "HTTP/1.1 200 OK", "Cache-Control: public, max-age=60");
        client.TakeResponse().Body.ShouldBe("for all");
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        client.TakeResponse().Body.ShouldBe("for all");
        proxy.AssertClean();
    }

    [Fact]
    public void A_refusal_is_kept_for_nobody_else_even_where_such_statuses_are_stored()
    {
        using Proxy proxy = new($$"""
            listen: [":8080"]
            caches: { default: { memory: 16MiB } }
            sites:
              "*":
                stack: [{ cache: { acknowledge_order: true, negative: { 401: 60s } } }, { auth_key: { keys_file: {{Keys()}} } }]
                to: "http://10.0.0.1:80"
            """);
        Peer client = proxy.Connect();
        client.SendHead("GET / HTTP/1.1", "Host: a.test");
        Message refusal = client.TakeResponse();
        (refusal.Status, refusal["WWW-Authenticate"]).ShouldBe((401, "ApiKey"));
        client.SendHead("GET / HTTP/1.1", "Host: a.test", "X-Api-Key: planted-key");
        proxy.Origin.Take();
        proxy.Origin.Last.Answer(proxy, "in", "HTTP/1.1 200 OK");
        client.TakeResponse().Body.ShouldBe("in");
        proxy.AssertClean();
    }

    [Fact]
    public void Who_is_refused_takes_nobody_along_who_waits_for_the_same_page()
    {
        // The password that is hashed beside the loop holds the first one up; the second one waits for what it brings.
        string users = Path.Combine(_folder, "users");
        File.WriteAllText(users, "bea:$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e\n");
        using Proxy proxy = new($$"""
            listen: [":8080"]
            caches: { default: { memory: 16MiB } }
            sites:
              "*":
                stack: [{ cache: { acknowledge_order: true } }, { auth_basic: { users_file: {{users}} } }]
                to: "http://10.0.0.1:80"
            """);
        Peer stranger = proxy.Connect();
        Peer client = proxy.Connect();
        stranger.SendHead("GET / HTTP/1.1", "Host: a.test", "Authorization: Basic " + Convert.ToBase64String("bea:wrong"u8));
        client.SendHead("GET / HTTP/1.1", "Host: a.test", "Authorization: Basic " + Convert.ToBase64String("bea:correct horse"u8));
        SpinWait.SpinUntil(() => Settle(proxy), TimeSpan.FromSeconds(5)).ShouldBeTrue();
        proxy.Origin.Take();
        proxy.Origin.Last.Answer(proxy, "in", "HTTP/1.1 200 OK");
        client.TakeResponse().Body.ShouldBe("in");
        stranger.TakeResponse().Status.ShouldBe(401);
        proxy.AssertClean();
    }

    private static bool Settle(Proxy proxy)
    {
        proxy.Run();
        return proxy.Origin.Connections.Count > 0;
    }

    private string Keys()
    {
        string file = Path.Combine(_folder, "keys");
        File.WriteAllText(file, "partner:" + Convert.ToHexString(SHA256.HashData("planted-key"u8)) + "\n");
        return file;
    }
}
