using System.Security.Cryptography;
using Weir.InMemory.Tests.Harness;

namespace Weir.InMemory.Tests.Modules;

/// <summary>Proves what clients and origins see of modules that ask who somebody is.</summary>
public sealed class AuthTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("weir-auth-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Who_shows_nothing_gets_a_page_that_asks_and_the_origin_hears_nothing()
    {
        using Proxy proxy = With($"{{ auth_basic: {{ users_file: {Users()}, realm: Staff }} }}");
        Message answer = Ask(proxy);
        (answer.Status, answer["WWW-Authenticate"]).ShouldBe((401, "Basic realm=\"Staff\", charset=\"UTF-8\""));
        answer["Proxy-Status"]!.ShouldEndWith("error=http_request_denied");
        proxy.Origin.Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    [Fact]
    public void A_password_is_hashed_beside_the_loop_and_then_the_request_goes_on()
    {
        using Proxy proxy = With($"{{ auth_basic: {{ users_file: {Users()}, user_header: X-User }} }}");
        Peer client = proxy.Connect();
        string credentials = Convert.ToBase64String("bea:correct horse"u8.ToArray());
        client.SendHead(
            "GET / HTTP/1.1", "Host: a.test", "Authorization: Basic " + credentials, "X_User: root", "Connection: X-User, keep-alive");
        SpinWait.SpinUntil(() => Settle(proxy), TimeSpan.FromSeconds(30)).ShouldBeTrue();
        Message request = proxy.Origin.Take();
        request["X-User"].ShouldBe("bea");
        request["X_User"].ShouldBeNull();
        proxy.Origin.Answer(proxy, "in");
        client.TakeResponse().Body.ShouldBe("in");

        client.SendHead("GET / HTTP/1.1", "Host: a.test", "Authorization: Basic " + credentials);
        proxy.Origin.Take();
        proxy.Origin.Answer(proxy, "remembered");
        client.TakeResponse().Body.ShouldBe("remembered");
        proxy.AssertClean();
    }

    [Fact]
    public void A_secret_is_in_no_answer_and_a_key_in_the_query_does_not_reach_the_origin()
    {
        string keys = Path.Combine(_folder, "keys");
        File.WriteAllText(keys, "partner:" + Convert.ToHexString(SHA256.HashData("planted-key"u8)) + "\n");
        using Proxy proxy = With($"{{ auth_key: {{ keys_file: {keys}, query: key }} }}");
        Ask(proxy, "/?key=planted-other").Body.ShouldNotContain("planted");
        Peer client = proxy.Connect();
        client.SendHead("GET /a?x=1&key=planted-key HTTP/1.1", "Host: a.test");
        proxy.Origin.Take().StartLine.ShouldBe("GET /a?x=1 HTTP/1.1");
        proxy.Origin.Answer(proxy, "in");
        client.TakeResponse().Body.ShouldBe("in");
        proxy.Ended.Target.ShouldBe("/a?x=1");
        proxy.AssertClean();
    }

    [Fact]
    public void What_only_a_module_may_say_does_not_come_behind_the_content_either()
    {
        string keys = Path.Combine(_folder, "keys");
        File.WriteAllText(keys, "partner:" + Convert.ToHexString(SHA256.HashData("planted-key"u8)) + "\n");
        using Proxy proxy = With($"{{ auth_key: {{ keys_file: {keys}, label_header: X-Client }} }}");
        Peer client = proxy.Connect();
        client.SendHead("POST / HTTP/1.1", "Host: a.test", "X-Api-Key: planted-key", "Transfer-Encoding: chunked", "Trailer: X-Sum, X-Client, X_Client");
        client.Send("2\r\nab\r\n0\r\nX-Client: root\r\nX-Sum: 1\r\nX_Client: root\r\n\r\n");
        Message request = proxy.Origin.Take();
        (request["X-Client"], request.Body, request.Trailers).ShouldBe(("partner", "ab", "X-Sum: 1\r\n"));
        proxy.Origin.Answer(proxy, "in");
        client.TakeResponse().Body.ShouldBe("in");
        proxy.AssertClean();
    }

    [Fact]
    public void A_script_without_a_session_is_refused_and_what_a_provider_sends_along_is_in_no_log()
    {
        using Proxy proxy = With("{ auth_oidc: { issuer: http://127.0.0.1:1, client_id: shop } }");
        Peer client = proxy.Connect();
        client.SendHead("GET /api HTTP/1.1", "Host: a.test", "Sec-Fetch-Mode: cors", "Cookie: __Host-weir=1planted");
        Message refused = client.TakeResponse();
        (refused.Status, refused["WWW-Authenticate"], refused["Location"], refused["Set-Cookie"]).ShouldBe(
            (401, "Cookie realm=\"login\"", null, null));
        refused["Proxy-Status"]!.ShouldEndWith("error=http_request_denied");

        client.SendHead("GET /.weir/login?code=planted&state=planted HTTP/1.1", "Host: a.test", "Accept: text/html");
        Message failed = client.TakeResponse();
        failed.Status.ShouldBe(403);
        failed.Body.ShouldNotContain("planted");
        (proxy.Ended.Target, proxy.Ended.Error).ShouldBe(("/.weir/login", "login_failed"));
        proxy.Origin.Connections.ShouldBeEmpty();
        proxy.AssertClean();
    }

    private static bool Settle(Proxy proxy)
    {
        proxy.Run();
        return proxy.Origin.Connections.Count > 0;
    }

    private string Users()
    {
        string file = Path.Combine(_folder, "users");
        File.WriteAllText(file, "bea:$2b$04$abcdefghijklmnopqrstuujydOTSfIH/d5oUHpsygqV5X9xJLQc6e\n");
        return file;
    }

    private static Proxy With(string module) => new($$"""
        listen: [":8080"]
        sites:
          "*": { stack: [{{module}}], to: "http://10.0.0.1:80" }
        """);

    private static Message Ask(Proxy proxy, string target = "/")
    {
        Peer client = proxy.Connect();
        client.SendHead($"GET {target} HTTP/1.1", "Host: a.test");
        return client.TakeResponse();
    }
}
